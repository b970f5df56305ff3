// The folders page: a folder's role is saved as soon as it is chosen.

import { findAll } from "../../../core/assets/dom";

for (const form of findAll<HTMLFormElement>("form[data-assign]")) {
  form.addEventListener("change", () => form.requestSubmit());
}
