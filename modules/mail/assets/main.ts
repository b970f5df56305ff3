// The start of mail's scripts: clicks, submits and gestures of the panes.

import { isMail } from "./pages";
import { find } from "../../../core/assets/dom";
import { tell } from "../../../core/assets/toast";
import { onRowButton, onSubmit } from "./actions";
import { watchChanges } from "./changes";
import { startDragging } from "./drag";
import { startGestures } from "./gestures";
import { startHovering } from "./hovering";
import { addMailCommands } from "./keys";
import { begin, current, go } from "./pages";
import { showHeaders, showOrTell, showPicture, tend } from "./reading";
import { startSearchHints } from "./search";
import { startSplitter } from "./splitter";

let ranged = false;

addMailCommands();
begin();
if (current()) {
  startSplitter();
  startGestures(find("#list-pane") as HTMLElement);
  startHovering(find("#list-pane") as HTMLElement);
  startDragging();
  startSearchHints();
  watchChanges();
  document.addEventListener("submit", onSubmit);
  document.addEventListener("submit", onSearch);
  document.addEventListener("click", onClick);
  document.addEventListener("change", onPick);
  document.addEventListener("focusin", followFocus);
}
const paper = find<HTMLIFrameElement>(".paper-frame");
if (paper) tend(paper);

function onClick(event: MouseEvent): void {
  const target = event.target as Element;
  if (event.defaultPrevented || event.button !== 0) return;
  if (target.closest(".row-pick")) ranged = event.shiftKey;
  const list = current();
  const row = target.closest<HTMLElement>(".row");
  const button = target.closest<HTMLElement>("[data-row]");
  const uid = row?.dataset["uid"];
  if (list && uid && button) return onRowButton(list, button, uid);
  const link = target.closest<HTMLAnchorElement>("a[href]");
  if (!link || link.origin !== location.origin || link.target === "_blank" || link.hasAttribute("download") || link.dataset["file"] !== undefined) {
    if (link?.dataset["image"] !== undefined) {
      event.preventDefault();
      showPicture(link);
    }
    return;
  }
  if (list && uid && row.contains(link) && (event.shiftKey || event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    list.selection.set(uid, event.shiftKey || !list.selection.has(uid), event.shiftKey);
    return;
  }
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || isJump(link)) return;
  follow(event, link);
}

function isJump(link: HTMLAnchorElement): boolean {
  return link.hash !== "" && link.pathname + link.search === location.pathname + location.search;
}

function follow(event: MouseEvent, link: HTMLAnchorElement): void {
  const address = link.pathname + link.search;
  if (link.dataset["dialog"] !== undefined) {
    event.preventDefault();
    showHeaders(address).catch(tell);
  } else if (link.dataset["reading"] !== undefined && /[?&](images|plain|original)=/.test(link.search)) {
    event.preventDefault();
    showOrTell(address);
  } else if (isMail(link.pathname)) {
    event.preventDefault();
    void go(address);
  }
}

function onPick(event: Event): void {
  const box = event.target as HTMLInputElement;
  if (box.matches(".row-pick input")) current()?.selection.set(box.value, box.checked, ranged);
}

function followFocus(event: FocusEvent): void {
  const row = (event.target as Element).closest<HTMLElement>(".row");
  const list = current();
  if (list && row?.dataset["uid"] && row.dataset["uid"] !== list.cursor) list.setCursor(row.dataset["uid"]);
}

function onSearch(event: SubmitEvent): void {
  const form = event.target as HTMLFormElement;
  if (!form.matches(".search")) return;
  event.preventDefault();
  const fields = new URLSearchParams([...new FormData(form)].map(([name, value]) => [name, String(value)]));
  void go(`${new URL(form.action).pathname}?${fields}`);
}
