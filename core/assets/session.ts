// What happens when the session ends, the network goes, or a page comes back from the browser's memory.

import { forgetKey, told } from "./agreement";
import { find, icon, make } from "./dom";
import { openDialog } from "./dialogs";
import { forgetAll } from "./kept";
import { watchSession } from "./net";
import { reached } from "./toast";
import { say } from "./words";

/** What modules keep in this tab's memory begins with this, and is gone after the log-out. */
export const KEPT = "hm3.";

/** Whether another tab is logging out. */
let leaving = false;
let asking: Promise<boolean> | undefined;

/** Watch the session and the network. */
export function watch(): void {
  watchSession({ ended: () => (asking ??= askToLogIn()), reachable: (yes) => showOffline(!yes) });
  window.addEventListener("offline", () => showOffline(true));
  window.addEventListener("online", () => showOffline(false));
  window.addEventListener("pageshow", (event) => {
    // A page that was left by logging out must not come back by the back button.
    if (event.persisted) location.reload();
  });
  document.addEventListener("submit", (event) => {
    if (!(event.target as HTMLElement).matches("[data-logout]")) return;
    forgetKept();
    channel()?.postMessage({ kind: "logout" });
  });
  if (document.body.dataset["user"] && !told()) void forgetKey();
  else if (document.body.dataset["user"] && !told()?.cache) void forgetAll();
  if (document.body.dataset["page"]?.startsWith("login.")) {
    forgetKept();
    channel()?.postMessage({ kind: "outside" });
  }
  channel()?.addEventListener("message", (event: MessageEvent<{ kind?: string }>) => {
    // Between the two the server still knows the session, and would answer with the mail.
    if (event.data.kind === "outside" && leaving) location.assign("/login");
    if (event.data.kind !== "logout") return;
    leaving = true;
    forgetKept();
  });
}

let open: BroadcastChannel | undefined;

/** The channel on which this site's tabs talk. */
export function channel(): BroadcastChannel | undefined {
  if (!open && "BroadcastChannel" in window) open = new BroadcastChannel("hm3");
  return open;
}

function forgetKept(): void {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(KEPT)) sessionStorage.removeItem(key);
  window.dispatchEvent(new Event("hm3:ended"));
  void forgetKey();
}

/** The page stays as it is while the person logs in elsewhere; true when it should be tried again. */
function askToLogIn(): Promise<boolean> {
  return new Promise((resolve) => {
    let again = false;
    const retry = make("button", { type: "button", class: "button" }, say("Try again"));
    const login = make("a", { class: "button primary", href: "/login", target: "_blank", rel: "noopener" }, say("Log in in a new tab"));
    const text = say("Your session has ended. Log in in a new tab and come back: this page and all you typed stay here.");
    const dialog = openDialog(say("Please log in again"), [make("p", {}, text)], [retry, login]);
    retry.addEventListener("click", () => {
      again = true;
      dialog.close();
    });
    dialog.addEventListener("close", () => {
      asking = undefined;
      resolve(again);
    });
    login.focus();
  });
}

function showOffline(yes: boolean): void {
  const banner = find("#offline");
  if (yes && !banner) {
    const text = make("span", {}, say("You are offline. What you write stays here until the connection is back."));
    document.body.prepend(make("div", { id: "offline", class: "offline", role: "status" }, icon("offline"), text));
  } else if (!yes && banner) {
    banner.remove();
    reached();
  }
}
