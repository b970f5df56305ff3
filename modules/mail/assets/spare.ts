// An empty frame that is kept ready out of sight, so that a text which the page remembers is shown without any request.

import { make } from "../../../core/assets/dom";

const EMPTY = "/mail-frame";
/** What a document's rules follow from: they are those of the moment in which it was asked for. */
const RULES = ["sandbox", "referrerpolicy", "allow", "csp"];

/** What browsers have that can move a frame without loading it anew. */
type Mover = ParentNode & { moveBefore?: (one: Node, before: Node | null) => void };

let spare: HTMLIFrameElement | undefined;

window.addEventListener("hm3:ended", dropSpare);

/** Have a frame ready that is under the rules of this one; where frames cannot be moved, none. */
export function prepareSpare(like: HTMLIFrameElement): void {
  if (spare?.isConnected || !(document.body as Mover).moveBefore) return;
  spare = make("iframe", { hidden: "", "aria-hidden": "true", tabindex: "-1" });
  for (const name of RULES) {
    const rule = like.getAttribute(name);
    if (rule !== null) spare.setAttribute(name, rule);
  }
  spare.src = EMPTY;
  document.body.append(spare);
}

/** Whether a frame is ready that could stand in place of this one. */
export function fitsSpare(frame: HTMLIFrameElement): boolean {
  const inner = spare?.contentDocument;
  if (inner?.readyState !== "complete" || new URL(inner.URL).pathname !== EMPTY) return false;
  return RULES.every((name) => spare?.getAttribute(name) === frame.getAttribute(name));
}

/** Put the ready frame in place of one in the page; what stands there now. */
export function placeSpare(frame: HTMLIFrameElement): HTMLIFrameElement {
  if (!spare || !fitsSpare(frame)) return frame;
  const ready = spare;
  spare = undefined;
  (frame.parentNode as Mover).moveBefore?.(ready, frame);
  for (const name of ready.getAttributeNames()) if (name !== "src" && !frame.hasAttribute(name)) ready.removeAttribute(name);
  // Its rules are the same: to set them again would say nothing.
  for (const { name, value } of frame.attributes) if (!RULES.includes(name)) ready.setAttribute(name, value);
  frame.remove();
  return ready;
}

function dropSpare(): void {
  spare?.remove();
  spare = undefined;
}
