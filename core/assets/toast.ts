// Short notices at the foot of the page, and the one action that `z` takes back.

import { find, icon, make } from "./dom";
import { Refused, Unreachable } from "./net";
import { say } from "./words";

/** How to take back what a notice tells of. */
export type TakeBack = () => void | Promise<void>;

const SHOWN = 7000;
let unreached: (() => void) | undefined;
let last: { takeBack: TakeBack; notice: HTMLElement } | undefined;

/** Show a notice; with a way back it has an Undo button. Gives what removes it. */
export function toast(text: string, takeBack?: TakeBack, kind: "done" | "problem" = "done", shown = SHOWN): () => void {
  const place = find("#notices") ?? document.body.appendChild(make("div", { class: "notices", id: "notices" }));
  const notice = make("div", { class: "notice", role: kind === "problem" ? "alert" : "status", "data-kind": kind });
  notice.append(make("p", {}, text));
  const remove = () => {
    notice.remove();
    if (last?.notice === notice) last = undefined;
  };
  if (takeBack) {
    notice.append(button("undo", say("Undo"), () => void undo()));
    last = { takeBack, notice };
  } else if (kind === "problem") {
    notice.append(button("close", say("Close"), remove));
  }
  while (place.childElementCount > 2) place.firstElementChild?.remove();
  place.append(notice);
  leaveLater(notice, remove, kind === "problem" ? shown * 2 : shown);
  return remove;
}

/** Take away what was said of a server that could not be reached, since it can be now. */
export function reached(): void {
  unreached?.();
  unreached = undefined;
}

/** Take back the last action that can be. */
export async function undo(): Promise<void> {
  const taken = last;
  if (!taken) {
    toast(say("There is nothing to undo."));
    return;
  }
  last = undefined;
  taken.notice.remove();
  try {
    await taken.takeBack();
  } catch (error) {
    tell(error);
  }
}

/** Show why something failed. Errors of the program itself go on. */
export function tell(error: unknown): void {
  if (error instanceof Unreachable) {
    // Once is enough, however much was tried meanwhile.
    reached();
    // Why stands above the page while the browser knows it.
    unreached = toast(find("#offline") ? say("That needs a connection.") : error.message, undefined, "problem");
  } else if (error instanceof Refused) toast(error.message, undefined, "problem");
  else if ((error as Error)?.name !== "AbortError") throw error;
}

/** Notices that came with the page leave as others do, and `z` takes them back. */
export function adoptNotices(): void {
  for (const notice of document.querySelectorAll<HTMLElement>("#notices > .notice")) {
    const form = find<HTMLFormElement>("form[data-undo]", notice);
    if (form) last = { takeBack: () => form.requestSubmit(), notice };
    leaveLater(notice, () => notice.remove(), SHOWN);
  }
}

function leaveLater(notice: HTMLElement, remove: () => void, after: number): void {
  let timer = window.setTimeout(remove, after);
  const stay = () => window.clearTimeout(timer);
  const go = () => {
    stay();
    timer = window.setTimeout(remove, after / 2);
  };
  notice.addEventListener("pointerenter", stay);
  notice.addEventListener("focusin", stay);
  notice.addEventListener("pointerleave", go);
  notice.addEventListener("focusout", go);
}

function button(name: string, label: string, run: () => void): HTMLButtonElement {
  const made = make("button", { type: "button", class: "quiet" }, icon(name), label);
  made.addEventListener("click", run);
  return made;
}
