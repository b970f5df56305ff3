// A word before a session ends for want of activity, and a curtain over the page when it has.

import { openDialog } from "../../../core/assets/dialogs";
import { make } from "../../../core/assets/dom";
import { post } from "../../../core/assets/net";
import { channel } from "../../../core/assets/session";
import { tell } from "../../../core/assets/toast";
import { say } from "../../../core/assets/words";

const WARNING = 60_000;
// The server notes activity to the nearest 20 seconds.
const NEAREST = 20_000;
const limit = Number(document.body.dataset["idle"] ?? 0) * 1000 - NEAREST;

let active = Date.now();
let warning: HTMLDialogElement | undefined;

/** Somebody asked the server for something, here or in another tab. */
function wake(): void {
  active = Date.now();
  warning?.close();
}

function look(): void {
  const left = active + limit - Date.now();
  if (left <= 0) void cover();
  else if (left <= WARNING && !warning) warn();
}

function warn(): void {
  const stay = make("button", { type: "button", class: "button primary" }, say("Stay logged in"));
  const text = say("You have not done anything for a while. In a minute you will be logged out.");
  const dialog = openDialog(say("Are you still there?"), [make("p", { role: "alert" }, text)], [stay]);
  warning = dialog;
  stay.addEventListener("click", () => keep().catch(tell));
  dialog.addEventListener("close", () => {
    warning = undefined;
    if (active + limit - Date.now() > 0) keep().catch(tell);
  });
  stay.focus();
}

let asking = false;

async function keep(): Promise<void> {
  if (asking || Date.now() - active < 1000) return;
  asking = true;
  try {
    await post("/idle/stay", []);
  } finally {
    asking = false;
  }
}

/** Nobody who comes by reads on; what was typed stays behind the curtain until the login. */
async function cover(): Promise<void> {
  if (document.body.classList.contains("covered")) return;
  document.body.classList.add("covered");
  warning?.close();
  for (;;) {
    try {
      await post("/idle/stay", []);
      document.body.classList.remove("covered");
      return;
    } catch (error) {
      await hear(error instanceof Error ? error.message : String(error));
    }
  }
}

/** Say on the curtain why it stays, until somebody wants to try again. */
function hear(reason: string): Promise<void> {
  const again = make("button", { type: "button", class: "button primary" }, say("Try again"));
  const dialog = openDialog(say("Please log in again"), [make("p", { role: "alert" }, reason)], [again]);
  again.addEventListener("click", () => dialog.close());
  again.focus();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve()));
}

if (limit > 0) {
  // The page itself was asked for just now.
  channel()?.postMessage({ kind: "active" });
  window.addEventListener("hm3:active", () => {
    wake();
    channel()?.postMessage({ kind: "active" });
  });
  channel()?.addEventListener("message", (event: MessageEvent<{ kind?: string }>) => {
    if (event.data.kind === "active") wake();
  });
  window.setInterval(look, 5000);
  document.addEventListener("visibilitychange", look);
}
