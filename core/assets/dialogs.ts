// Dialogs: a question, a sheet, and a list to search in.

import { find, icon, make, tool } from "./dom";
import { say } from "./words";

/** One line of a list to search in. */
export interface Choice {
  label: string;
  icon?: string;
  key?: string;
  run(): void;
}

/** Show a dialog with a title and a body; what is behind it rests until it closes. */
export function openDialog(title: string, body: Node[], foot: Node[] = [], kind = ""): HTMLDialogElement {
  const heading = make("h2", { id: `dialog-${Date.now()}` }, title);
  const dialog = make("dialog", { class: `dialog ${kind}`, "aria-labelledby": heading.id });
  dialog.append(
    make("div", { class: "dialog-head" }, heading, tool("close", say("Close"), () => dialog.close())),
    make("div", { class: "dialog-body", tabindex: "0" }, ...body),
  );
  if (foot.length) dialog.append(make("div", { class: "dialog-foot" }, ...foot));
  return present(dialog);
}

/** Ask before something that cannot be taken back; true for yes. */
export function ask(title: string, text: string, yes: string, no = say("Cancel")): Promise<boolean> {
  return new Promise((resolve) => {
    let answer = false;
    const agree = make("button", { type: "button", class: "button primary" }, yes);
    const decline = make("button", { type: "button", class: "button" }, no);
    const dialog = openDialog(title, [make("p", {}, text)], [decline, agree]);
    agree.addEventListener("click", () => {
      answer = true;
      dialog.close();
    });
    decline.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => resolve(answer));
    agree.focus();
  });
}

/** A list to search in by typing: the command palette, the folders to move to. */
export function openFinder(label: string, choices: Choice[]): HTMLDialogElement {
  const input = make("input", {
    type: "text",
    role: "combobox",
    "aria-label": label,
    "aria-expanded": "true",
    "aria-controls": "finder-list",
    "aria-autocomplete": "list",
    placeholder: label,
    autocomplete: "off",
    spellcheck: "false",
  });
  const list = make("div", { class: "finder-list", id: "finder-list", role: "listbox", "aria-label": label });
  const dialog = make("dialog", { class: "dialog finder", "aria-label": label });
  dialog.append(make("div", { class: "finder-box" }, icon("search"), input), list);
  const show = () => fill(list, input, matching(choices, input.value), dialog);
  input.addEventListener("input", show);
  input.addEventListener("keydown", (event) => walk(event, list, input));
  show();
  present(dialog);
  input.focus();
  return dialog;
}

/** Choices whose words all begin somewhere in the label, the best first. */
export function matching(choices: Choice[], typed: string): Choice[] {
  const words = fold(typed).split(/\s+/).filter(Boolean);
  if (!words.length) return choices;
  const scored = choices.map((choice) => ({ choice, score: score(fold(choice.label), words) }));
  return scored.filter((one) => one.score > 0).sort((a, b) => b.score - a.score).map((one) => one.choice);
}

function score(label: string, words: string[]): number {
  let total = 0;
  for (const word of words) {
    const at = label.indexOf(word);
    if (at < 0) return 0;
    total += at === 0 ? 4 : /[\s/.-]/.test(label[at - 1] ?? "") ? 3 : 1;
  }
  return total + 1 / (label.length + 1);
}

function fold(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

function fill(list: HTMLElement, input: HTMLInputElement, choices: Choice[], dialog: HTMLDialogElement): void {
  const options = choices.slice(0, 200).map((choice, position) => {
    const option = make("div", { class: "menu-item", role: "option", id: `finder-${position}`, "aria-selected": "false" });
    option.append(choice.icon ? icon(choice.icon) : make("span", { class: "icon" }));
    option.append(make("span", {}, choice.label));
    if (choice.key) option.append(make("kbd", {}, choice.key));
    option.addEventListener("click", () => {
      dialog.close();
      choice.run();
    });
    return option;
  });
  list.replaceChildren(...(options.length ? options : [make("p", { class: "finder-none" }, say("Nothing fits."))]));
  mark(list, input, options[0] ?? null);
}

function walk(event: KeyboardEvent, list: HTMLElement, input: HTMLInputElement): void {
  const marked = find('[aria-selected="true"]', list);
  const step = { ArrowDown: marked?.nextElementSibling, ArrowUp: marked?.previousElementSibling }[event.key];
  if (step instanceof HTMLElement) mark(list, input, step);
  if (event.key === "Enter" && !event.isComposing) marked?.click();
  if (["ArrowDown", "ArrowUp", "Enter"].includes(event.key)) event.preventDefault();
}

function mark(list: HTMLElement, input: HTMLInputElement, option: HTMLElement | null): void {
  find('[aria-selected="true"]', list)?.setAttribute("aria-selected", "false");
  option?.setAttribute("aria-selected", "true");
  option?.scrollIntoView({ block: "nearest" });
  if (option) input.setAttribute("aria-activedescendant", option.id);
  else input.removeAttribute("aria-activedescendant");
}

function present(dialog: HTMLDialogElement): HTMLDialogElement {
  const before = document.activeElement as HTMLElement | null;
  document.body.append(dialog);
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (before?.isConnected) before.focus({ preventScroll: true });
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.showModal();
  return dialog;
}
