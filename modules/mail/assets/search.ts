// What a search can be narrowed by, offered below the field: all of it in an empty one, and what begins like the last word.

import { find, findAll, make } from "../../../core/assets/dom";
import { say } from "../../../core/assets/words";

const FIELD = ".search input[type=search]";

/** Offer the words with which a search is narrowed wherever one is typed. */
export function startSearchHints(): void {
  document.addEventListener("focusin", (event) => {
    if (event.target instanceof HTMLInputElement && event.target.matches(FIELD)) offer(event.target);
  });
  document.addEventListener("input", (event) => {
    if (event.target instanceof HTMLInputElement && event.target.matches(FIELD)) offer(event.target);
  });
  document.addEventListener("focusout", (event) => {
    const form = (event.target as Element).closest(".search");
    const stays = (event.relatedTarget as Element | null)?.closest(`${FIELD}, .search-hints`);
    if (form && !stays) hide(form);
  });
}

function narrowing(): [string, string][] {
  return [
    ["from:", say("Sender")],
    ["to:", say("Recipient")],
    ["subject:", say("Subject")],
    ["is:unread", say("Unread")],
    ["is:starred", say("Starred")],
    ["has:attachment", say("With attachments")],
    ["after:", say("Since 2026-11-30, 7d")],
    ["before:", say("Before 2026-11-30, 1y")],
    ["larger:", say("Larger than 500k, 5m")],
  ];
}

function offer(field: HTMLInputElement): void {
  const form = field.closest(".search");
  if (!form) return;
  const word = lastWord(field);
  const fitting = narrowing().filter(([term]) => (word ? term.startsWith(word) && term !== word : !field.value.trim()));
  hide(form);
  if (!fitting.length) return;
  const choices = fitting.map(([term, label]) => choice(field, term, label));
  const panel = make("div", { class: "menu-body search-hints", role: "group", "aria-label": say("Narrow the search") }, ...choices);
  // The field keeps the cursor while something is chosen with a mouse or a finger.
  panel.addEventListener("mousedown", (event) => event.preventDefault());
  field.onkeydown = panel.onkeydown = (event) => step(event, field, choices);
  form.append(panel);
}

function choice(field: HTMLInputElement, term: string, label: string): HTMLButtonElement {
  // Arrows lead to it; Tab goes on to what follows the field.
  const button = make("button", { type: "button", class: "menu-item", tabindex: "-1" }, make("code", { dir: "ltr" }, term), make("span", {}, label));
  button.addEventListener("click", () => take(field, term));
  return button;
}

/** Put a term in the place of the word that was begun. */
function take(field: HTMLInputElement, term: string): void {
  const begun = field.value.slice(0, field.value.length - lastWord(field).length);
  field.value = `${begun}${term}${term.endsWith(":") ? "" : " "}`;
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
  offer(field);
}

function step(event: KeyboardEvent, field: HTMLInputElement, choices: HTMLElement[]): void {
  const form = field.closest(".search");
  if (!form || !find(".search-hints", form)) return;
  const places = [field, ...choices];
  const at = places.indexOf(document.activeElement as HTMLElement);
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    places[(at + (event.key === "ArrowDown" ? 1 : places.length - 1)) % places.length]?.focus();
  } else if (event.key === "Escape") {
    field.focus();
    hide(form);
  } else {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}

function hide(form: Element): void {
  for (const panel of findAll(".search-hints", form)) panel.remove();
}

function lastWord(field: HTMLInputElement): string {
  return /\S*$/.exec(field.value)?.[0].toLowerCase() ?? "";
}
