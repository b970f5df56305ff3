// New mail appears by itself: ask now and then in a tab that is looked at, and listen to the other tabs.

import { announce } from "../../../core/assets/dom";
import { getJson } from "../../../core/assets/net";
import { channel } from "../../../core/assets/session";
import { say } from "../../../core/assets/words";
import { current, forgetOthers, refreshSidebar } from "./pages";

const EVERY = 30_000;
const MOST = 300_000;

interface Changes {
  changed: boolean;
  state: Record<string, number | null>;
}

let wait = EVERY;
let timer: number | undefined;

/** Begin to look for changes. */
export function watchChanges(): void {
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void look();
    else window.clearTimeout(timer);
  });
  window.addEventListener("online", () => void look());
  channel()?.addEventListener("message", (event: MessageEvent<{ kind?: string }>) => {
    if (event.data.kind === "changed") void renew();
  });
  timer = window.setTimeout(() => void look(), wait);
}

/** Look now. */
export async function look(): Promise<void> {
  window.clearTimeout(timer);
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
  timer = window.setTimeout(() => void look(), wait);
}

async function renew(): Promise<void> {
  forgetOthers();
  await current()?.refresh(true);
  await refreshSidebar().catch(() => undefined);
}
