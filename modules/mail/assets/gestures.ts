// Fingers: a row swiped to one side is archived, to the other deleted; a list pulled down is looked at anew.

import { find, icon, make } from "../../../core/assets/dom";
import { tell } from "../../../core/assets/toast";
import { actOn, type Action } from "./actions";
import { look } from "./changes";
import { current } from "./pages";

const FAR = 0.32;
const CLEAR = 12;
const PULLED = 70;

/** Listen for swipes and pulls in the list pane. */
export function startGestures(pane: HTMLElement): void {
  pane.addEventListener("pointerdown", (event) => {
    const row = (event.target as Element).closest<HTMLElement>(".row");
    if (row && event.pointerType === "touch") swipe(event, row);
  });
  pane.addEventListener("touchstart", (event) => pull(event, pane), { passive: true });
}

function swipe(start: PointerEvent, row: HTMLElement): void {
  let moved = 0;
  let under: HTMLElement | undefined;
  const move = (event: PointerEvent) => {
    const across = event.clientX - start.clientX;
    if (!under && Math.abs(across) < CLEAR) return;
    if (!under && Math.abs(event.clientY - start.clientY) > Math.abs(across)) return end(false);
    moved = across;
    under ??= lay(row);
    under.dataset["side"] = sideOf(moved);
    row.style.transform = `translateX(${moved}px)`;
  };
  const end = (done: boolean) => {
    document.removeEventListener("pointermove", move);
    document.removeEventListener("pointerup", up);
    document.removeEventListener("pointercancel", cancel);
    row.style.transform = "";
    under?.remove();
    if (under) suppressClick();
    const list = current();
    if (!done || !list || Math.abs(moved) < row.clientWidth * FAR) return;
    actOn(list, sideOf(moved), [row.dataset["uid"] ?? ""]).catch(tell);
  };
  const up = () => end(true);
  const cancel = () => end(false);
  document.addEventListener("pointermove", move);
  document.addEventListener("pointerup", up);
  document.addEventListener("pointercancel", cancel);
}

function sideOf(moved: number): Action {
  const towardsEnd = moved > 0 === (document.documentElement.dir !== "rtl");
  return towardsEnd ? "archive" : "trash";
}

function lay(row: HTMLElement): HTMLElement {
  const under = make("li", { class: "row-under", "aria-hidden": "true" }, icon("archive"), icon("trash"));
  under.style.insetBlockStart = row.style.insetBlockStart;
  row.before(under);
  return under;
}

function suppressClick(): void {
  const stop = (event: Event) => {
    event.preventDefault();
    event.stopPropagation();
  };
  document.addEventListener("click", stop, { capture: true, once: true });
  setTimeout(() => document.removeEventListener("click", stop, { capture: true }), 80);
}

function pull(start: TouchEvent, pane: HTMLElement): void {
  const scroller = find(".scroller", pane);
  const from = start.touches[0]?.clientY;
  if (!scroller || scroller.scrollTop > 0 || from === undefined) return;
  let sign: HTMLElement | undefined;
  const move = (event: TouchEvent) => {
    const down = (event.touches[0]?.clientY ?? from) - from;
    if (down < CLEAR || scroller.scrollTop > 0) return;
    sign ??= scroller.insertAdjacentElement("afterbegin", make("div", { class: "pull" }, icon("refresh"))) as HTMLElement;
    sign.style.blockSize = `${Math.min(down / 1.6, PULLED)}px`;
    sign.toggleAttribute("data-ready", down / 1.6 >= PULLED);
  };
  const end = () => {
    pane.removeEventListener("touchmove", move);
    if (sign?.hasAttribute("data-ready")) void look();
    sign?.remove();
  };
  pane.addEventListener("touchmove", move, { passive: true });
  pane.addEventListener("touchend", end, { once: true });
  pane.addEventListener("touchcancel", end, { once: true });
}
