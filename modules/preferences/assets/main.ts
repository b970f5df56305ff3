// Settings are saved as soon as they are changed, can be taken back, and are found by typing.

import { find, findAll } from "../../../core/assets/dom";
import { post, Refused } from "../../../core/assets/net";
import { tell, toast } from "../../../core/assets/toast";
import { say } from "../../../core/assets/words";

const SEEN_AT_ONCE: Record<string, string> = { theme: "theme", density: "density" };

const before = new WeakMap<HTMLFormElement, FormData>();

for (const form of findAll<HTMLFormElement>("form[data-settings]")) {
  before.set(form, new FormData(form));
  form.addEventListener("change", () => save(form).catch(tell));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save(form).catch(tell);
  });
}
find<HTMLInputElement>("[data-find-settings]")?.addEventListener("input", (event) => narrow((event.target as HTMLInputElement).value));

async function save(form: HTMLFormElement): Promise<void> {
  const [now, was] = [new FormData(form), before.get(form) ?? new FormData(form)];
  for (const place of findAll("[data-error]", form)) place.textContent = "";
  for (const field of findAll("[aria-invalid]", form)) field.removeAttribute("aria-invalid");
  try {
    const { text } = await post<{ text: string }>(form.action, now);
    before.set(form, now);
    showNow(now);
    toast(text, () => takeBack(form, was));
  } catch (error) {
    if (!(error instanceof Refused) || !error.fields.length) throw error;
    for (const { field, reason } of error.fields) {
      const place = find(`[data-error="${CSS.escape(field)}"]`, form);
      const label = find(`[name="${CSS.escape(field)}"]`, form)?.closest(".field")?.querySelector("label")?.textContent ?? field;
      if (place) place.textContent = `${label} ${reason}.`;
      find(`[name="${CSS.escape(field)}"]`, form)?.setAttribute("aria-invalid", "true");
    }
  }
}

async function takeBack(form: HTMLFormElement, was: FormData): Promise<void> {
  for (const field of form.elements) {
    const named = field as HTMLInputElement;
    if (named.type === "checkbox") named.checked = was.getAll(named.name).includes(named.value);
    else if (named.name && was.has(named.name)) named.value = String(was.get(named.name));
  }
  await post(form.action, was);
  before.set(form, was);
  showNow(was);
  toast(say("Undone."));
}

/** The look changes at once; a new language needs the page anew. */
function showNow(chosen: FormData): void {
  for (const [name, shown] of Object.entries(SEEN_AT_ONCE)) {
    if (chosen.has(name)) document.documentElement.dataset[shown] = String(chosen.get(name));
  }
  const language = String(chosen.get("language") ?? "");
  if (language && language !== "browser" && language !== document.documentElement.lang) location.reload();
}

function narrow(typed: string): void {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  for (const setting of findAll("[data-setting]")) {
    const text = (setting.dataset["setting"] ?? "").toLowerCase();
    setting.hidden = !words.every((word) => text.includes(word));
  }
  for (const section of findAll(".settings-section")) section.hidden = !find("[data-setting]:not([hidden])", section);
}
