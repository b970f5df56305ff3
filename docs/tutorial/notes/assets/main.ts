// How many letters a note may still have, told while it is written.

import { find, make } from "hm3/dom";
import { count, say } from "hm3/words";

document.addEventListener("input", ({ target }) => {
  if (!(target instanceof HTMLTextAreaElement) || target.id !== "note-text") return;
  const told = find("#notes-left") ?? make("span", { id: "notes-left", class: "notes-left" });
  told.textContent = say("Letters left: {left}", { left: count(target.maxLength - target.value.length) });
  if (!told.isConnected) target.after(told);
});
