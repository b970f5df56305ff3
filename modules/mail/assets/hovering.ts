// A message on which the mouse rests is mostly the next one that is opened: it is fetched before that.

import { find } from "../../../core/assets/dom";
import { fetchSoon } from "./memory";
import { isMail } from "./pages";

/** Whoever only passes over a row is past it by then, in milliseconds. */
const REST = 120;

let resting = 0;

/** Fetch the message of the row on which the mouse rests; it is not marked as read. */
export function startHovering(list: HTMLElement): void {
  const passive = { passive: true };
  list.addEventListener("pointerover", (event) => {
    window.clearTimeout(resting);
    if (event.pointerType !== "mouse" || event.buttons) return;
    const row = (event.target as Element).closest<HTMLElement>(".row");
    const link = row && find<HTMLAnchorElement>(".row-link:not([aria-current])", row);
    if (link && isMail(link.pathname)) resting = window.setTimeout(() => fetchSoon(link.pathname + link.search), REST);
  }, passive);
  for (const over of ["pointerdown", "pointerleave", "wheel"]) list.addEventListener(over, () => window.clearTimeout(resting), passive);
}
