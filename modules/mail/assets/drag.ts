// Messages that are dragged onto a folder are moved there; with Ctrl, or Alt on a Mac, they are copied.

import { find, icon, make } from "../../../core/assets/dom";
import { closeSide } from "../../../core/assets/shell";
import { tell } from "../../../core/assets/toast";
import { count, say } from "../../../core/assets/words";
import { act, actOn } from "./actions";
import type { List } from "./list";
import { current } from "./pages";

/** Marks what is dragged as messages: where a row goes while it is dragged, nobody hears how that ended. */
const KIND = "application/x-hm3-messages";
/** What is on its way: the row that was taken, and whether all that is selected comes with it. */
let held: { list: List; uid: string; selected: boolean } | undefined;
let over: HTMLElement | undefined;

/** Listen for messages that are dragged. */
export function startDragging(): void {
  document.addEventListener("dragstart", take);
  document.addEventListener("dragenter", (event) => carriesMessages(event) && openRail(event.target));
  document.addEventListener("dragover", hover);
  document.addEventListener("drop", drop);
  document.addEventListener("dragend", release);
}

function take(event: DragEvent): void {
  const uid = event.target instanceof Element ? event.target.closest<HTMLElement>(".row")?.dataset["uid"] : undefined;
  const list = current();
  if (!uid || !list || !event.dataTransfer) return;
  held = { list, uid, selected: list.selection.has(uid) };
  event.dataTransfer.effectAllowed = "copyMove";
  event.dataTransfer.setData(KIND, uid);
  const number = held.selected ? list.selection.size : 1;
  const label = number === 1 ? say("1 message") : say("{number} messages", { number: count(number) });
  const picture = make("div", { class: "dragged", "aria-hidden": "true" }, icon("role-inbox"), label);
  document.body.append(picture);
  event.dataTransfer.setDragImage(picture, -12, -12);
  // The browser draws it once, after this.
  setTimeout(() => picture.remove());
}

function hover(event: DragEvent): void {
  if (!carriesMessages(event) || !event.dataTransfer) return;
  const folder = folderAt(event.target);
  if (folder !== over) {
    over?.classList.remove("drop");
    folder?.classList.add("drop");
    over = folder;
  }
  if (!folder) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = copies(event) ? "copy" : "move";
}

function drop(event: DragEvent): void {
  const target = carriesMessages(event) && folderAt(event.target)?.dataset["mailbox"];
  if (!held || !target) return;
  event.preventDefault();
  const { list, uid, selected } = held;
  const action = copies(event) ? "copy" : "move";
  const done = selected ? act(action, target) : actOn(list, action, [uid], target);
  done.catch(tell);
  release();
}

function release(): void {
  if (!held) return;
  over?.classList.remove("drop");
  over = held = undefined;
  closeSide();
}

function carriesMessages(event: DragEvent): boolean {
  return held !== undefined && Boolean(event.dataTransfer?.types.includes(KIND));
}

/** The folder at a place, unless messages cannot go there: it is theirs already, or holds none. */
function folderAt(place: EventTarget | null): HTMLElement | undefined {
  const link = place instanceof Element ? place.closest<HTMLElement>(".mailboxes a[data-mailbox]") : null;
  return link && link.dataset["mailbox"] !== held?.list.mailbox ? link : undefined;
}

/** A rail shows few folders and no names. */
function openRail(place: EventTarget | null): void {
  const side = find("#side");
  if (side && place instanceof Element && side.contains(place)) side.dataset["open"] = "";
}

function copies(event: DragEvent): boolean {
  return /^Mac/.test(navigator.platform) ? event.altKey : event.ctrlKey;
}
