// The separator between list and message: dragged or moved by keys, its place remembered in this browser.

import { find } from "../../../core/assets/dom";

const NAME = "hm3.width.list";
const LEAST = 20;
const MOST = 70;

/** Bring the separator to life. */
export function startSplitter(): void {
  const bar = find("#splitter");
  const work = find("#work");
  if (!bar || !work) return;
  const level = bar.getAttribute("aria-orientation") === "horizontal";
  const name = level ? `${NAME}.below` : NAME;
  const set = (share: number) => {
    const kept = Math.min(MOST, Math.max(LEAST, share));
    work.style.setProperty("--list-share", `${kept}%`);
    bar.setAttribute("aria-valuenow", String(Math.round(kept)));
    localStorage.setItem(name, String(kept));
  };
  const before = Number(localStorage.getItem(name));
  if (before) set(before);
  bar.addEventListener("keydown", (event) => {
    const rtl = getComputedStyle(work).direction === "rtl" ? -1 : 1;
    const step = { ArrowLeft: -2 * rtl, ArrowRight: 2 * rtl, ArrowUp: -2, ArrowDown: 2 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    set(Number(bar.getAttribute("aria-valuenow")) + step);
  });
  bar.addEventListener("dblclick", () => set(35));
  bar.addEventListener("pointerdown", (event) => drag(event, bar, (moved) => set(shareAt(moved, work, level))));
}

function shareAt(event: PointerEvent, work: HTMLElement, level: boolean): number {
  const box = work.getBoundingClientRect();
  if (level) return ((event.clientY - box.top) / box.height) * 100;
  const rtl = getComputedStyle(work).direction === "rtl";
  return ((rtl ? box.right - event.clientX : event.clientX - box.left) / box.width) * 100;
}

function drag(event: PointerEvent, bar: HTMLElement, move: (event: PointerEvent) => void): void {
  event.preventDefault();
  bar.setPointerCapture(event.pointerId);
  bar.dataset["dragging"] = "";
  document.body.dataset["resizing"] = "";
  const end = () => {
    delete bar.dataset["dragging"];
    delete document.body.dataset["resizing"];
    bar.removeEventListener("pointermove", move);
  };
  bar.addEventListener("pointermove", move);
  bar.addEventListener("pointerup", end, { once: true });
  bar.addEventListener("pointercancel", end, { once: true });
}
