// The server tells of new mail at once, over a stream that is open while somebody looks at the page.

import { whenIdle } from "../../../core/assets/dom";
import { heed, recount, rely, stir } from "../../mail/assets/changes";
import { current } from "../../mail/assets/pages";

// A server that has no room, or an account whose server tells nothing, is asked again after a while.
const REST = 600_000;
// Whoever only glances at another tab comes back to the same stream. It is closed soon, for browsers open few
// connections to one site, and those of hidden tabs would be missing elsewhere.
const AWAY = 5_000;

let source: EventSource | undefined;
let notBefore = 0;
let timer: number | undefined;
let lived = false;

function open(): void {
  window.clearTimeout(timer);
  const account = current()?.path.split("/")[2];
  if (source || !account || document.visibilityState !== "visible" || Date.now() < notBefore) return;
  const opened = new EventSource(`/events/${account}`);
  source = opened;
  opened.addEventListener("live", live);
  opened.addEventListener("lost", () => rely(false));
  opened.addEventListener("changed", heed);
  opened.addEventListener("flagged", stir);
  opened.addEventListener("elsewhere", recount);
  opened.addEventListener("poll", rest);
  opened.addEventListener("end", close);
  // A stream that merely ended is opened again by the browser, which tells what it heard last.
  opened.addEventListener("error", () => (opened.readyState === EventSource.CLOSED ? rest() : rely(false)));
}

function live(): void {
  rely(true);
  // Nobody told of other folders while there was no stream; those that a page begins with are new.
  if (lived) recount();
  lived = true;
}

function close(): void {
  source?.close();
  source = undefined;
  rely(false);
}

function rest(): void {
  close();
  notBefore = Date.now() + REST;
  timer = window.setTimeout(open, REST);
}

function start(): void {
  if (!current() || !("EventSource" in window)) return;
  open();
  document.addEventListener("visibilitychange", () => {
    window.clearTimeout(timer);
    if (document.visibilityState === "visible") open();
    else timer = window.setTimeout(close, AWAY);
  });
}

// What a person waits for comes first, and the list is there only after all scripts have begun.
whenIdle(start);
