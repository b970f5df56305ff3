// New mail appears by itself: ask now and then in a tab that is looked at, and listen to the other tabs.

import { announce } from "../../../core/assets/dom";
import { getJson } from "../../../core/assets/net";
import { channel } from "../../../core/assets/session";
import { say } from "../../../core/assets/words";
import { current, forgetOthers, refreshSidebar } from "./pages";

const EVERY = 30_000;
const MOST = 300_000;
// What somebody does is told of as well, and their page knows it already.
const CALM = 3_000;

interface Changes {
  changed: boolean;
  state: Record<string, number | null>;
}

let wait = EVERY;
let timer: number | undefined;
let relied = false;
let looking: Promise<void> | undefined;
let missed = false;
let looked = 0;
let active = 0;
let calm: number | undefined;
let stirred = false;
let counting: number | undefined;
let uncounted = false;

/** Begin to look for changes. */
export function watchChanges(): void {
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void look();
    else window.clearTimeout(timer);
  });
  window.addEventListener("online", () => void look());
  window.addEventListener("hm3:active", () => (active = Date.now()));
  channel()?.addEventListener("message", (event: MessageEvent<{ kind?: string }>) => {
    if (event.data.kind === "changed") void renew();
  });
  timer = window.setTimeout(() => void look(), wait);
}

/** The server told that messages came to the inbox or left it: look, but not amid what the person does here. */
export function heed(): void {
  window.clearTimeout(calm);
  calm = window.setTimeout(() => void hear(), Math.max(0, active + CALM - Date.now()));
}

/** The server told that messages of the inbox are marked otherwise than before: look when it is time. */
export function stir(): void {
  stirred = true;
}

/** The server told that messages of other folders than the inbox changed: count anew, but not amid what is done here. */
export function recount(): void {
  window.clearTimeout(counting);
  counting = window.setTimeout(() => void count(), Math.max(0, active + CALM - Date.now()));
}

async function hear(): Promise<void> {
  if (current()?.role === "inbox") return lookOrMiss();
  forgetOthers();
  await refreshSidebar().catch(() => undefined);
}

async function count(): Promise<void> {
  uncounted = true;
  // It may be the folder that is shown here. Where it is, all is shown anew.
  if (current()?.role !== "inbox") await lookOrMiss();
  if (uncounted) await countAnew();
}

async function countAnew(): Promise<void> {
  uncounted = false;
  await refreshSidebar().catch(() => undefined);
}

async function lookOrMiss(): Promise<void> {
  // It may have happened after the look that is under way was answered.
  if (looking) missed = true;
  else await look();
}

/** Whether the server tells of changes in the inbox by itself, so that asking is only for what it did not tell. */
export function rely(yes: boolean): void {
  relied = yes;
}

/** Look now. */
export async function look(): Promise<void> {
  const mine = lookOnce();
  looking = mine;
  await mine;
  if (looking !== mine) return;
  looking = undefined;
  if (!missed) return;
  missed = false;
  await look();
}

function plan(): void {
  window.clearTimeout(timer);
  timer = window.setTimeout(() => {
    // Another list may be shown by then.
    if (relied && !stirred && current()?.role === "inbox" && Date.now() - looked < MOST) plan();
    else void look();
  }, wait);
}

async function lookOnce(): Promise<void> {
  window.clearTimeout(timer);
  looked = Date.now();
  stirred = false;
  const list = current();
  try {
    if (list && document.visibilityState === "visible") {
      const known = new URLSearchParams(Object.entries(list.state).filter(([, value]) => value !== ""));
      const before = Number(list.state.uidnext);
      const answer = await getJson<Changes>(`${list.path}changes?${known}`, { background: true });
      if (answer.changed) {
        await renew();
        if (Number(answer.state["uidnext"]) > before) {
          announce(say("New mail has arrived."));
          document.dispatchEvent(new Event("mail:new"));
        }
      }
    }
    wait = EVERY;
  } catch {
    wait = Math.min(wait * 2, MOST);
  }
  plan();
}

async function renew(): Promise<void> {
  forgetOthers();
  await current()?.refresh(true);
  await countAnew();
}
