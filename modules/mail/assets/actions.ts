// What is done with messages: shown at once, sent to the server, taken back if it refuses or the person undoes it.

import { find, findAll } from "../../../core/assets/dom";
import { ask } from "../../../core/assets/dialogs";
import { post } from "../../../core/assets/net";
import { channel } from "../../../core/assets/session";
import { tell, toast } from "../../../core/assets/toast";
import { count, say } from "../../../core/assets/words";
import type { List } from "./list";
import { forgetMessage, forgetMessages } from "./memory";
import { close, current, forgetOthers, go, open, openMessage, refreshSidebar } from "./pages";

/** The names of actions as the server knows them. */
export type Action =
  | "seen" | "unseen" | "star" | "unstar"
  | "archive" | "trash" | "erase" | "junk" | "not-junk" | "move" | "copy";

interface Answer {
  text: string;
  undo: { path: string; fields: [string, string][] } | null;
}

/** Where to go when the open message was filed away. */
export type Afterwards = "list" | "older" | "newer";

const FILING = new Set<Action>(["archive", "trash", "erase", "junk", "not-junk", "move"]);

/** The messages that a command means: the selected ones, else the open one, else the one under the cursor. */
export function meant(list: List): string[] {
  if (list.selection.uids.size) return [...list.selection.uids];
  const uid = open() || list.cursor;
  return uid ? [uid] : [];
}

/** Do something with the messages that are meant. */
export async function act(action: Action, target = "", afterwards?: Afterwards): Promise<void> {
  const list = current();
  if (!list) return;
  const does = comesTo(list, action);
  if (does === "erase" && !(await sure(list.selection.all ? list.rows.total : meant(list).length))) return;
  if (list.selection.all) await actOnAll(list, does, target);
  else await actOn(list, does, meant(list), target, afterwards);
}

/** What is deleted in Trash is deleted for good. */
function comesTo(list: List, action: Action): Action {
  return action === "trash" && list.element.dataset["role"] === "trash" ? "erase" : action;
}

/** Do something with named messages. */
export async function actOn(list: List, action: Action, uids: string[], target = "", afterwards?: Afterwards): Promise<void> {
  if (!uids.length) {
    toast(say("Select a message first."));
    return;
  }
  const does = comesTo(list, action);
  // Whoever said so themselves was asked already.
  if (does !== action && !(await sure(uids.length))) return;
  const named = new Set(uids);
  const isOpen = named.has(open());
  const next = isOpen && FILING.has(action) ? await following(list, named, afterwards ?? chosen()) : undefined;
  const takeBack = showAtOnce(list, action, named);
  list.selection.clear();
  if (isOpen && FILING.has(action)) void (next ? openMessage(next) : close());
  else if (isOpen && action === "unseen") close();
  await send(list, [["action", does], ...uids.map((uid) => ["uid", uid] as [string, string])], target, takeBack);
}

/** Empty Trash or Junk, after a question. */
export async function empty(form: HTMLFormElement): Promise<void> {
  const folder = form.dataset["empty"] ?? "";
  const title = say("Empty {folder}?", { folder });
  if (!(await ask(title, say("Every message in it is deleted for good. This cannot be undone."), say("Empty")))) return;
  const { text } = await post<Answer>(form.action, new FormData(form));
  toast(text);
  await after(current());
  const list = current();
  if (list) location.assign(list.address);
}

function chosen(): Afterwards {
  const told = find("#work")?.dataset["after"];
  return told === "older" || told === "newer" ? told : "list";
}

async function sure(number: number): Promise<boolean> {
  const what = number === 1 ? say("Delete this message for good?") : say("Delete {number} messages for good?", { number: count(number) });
  return ask(what, say("This cannot be undone."), say("Delete for good"));
}

async function following(list: List, named: Set<string>, afterwards: Afterwards): Promise<string | undefined> {
  if (afterwards === "list") return undefined;
  const step = afterwards === "older" ? 1 : -1;
  let uid: string | undefined = open();
  do uid = await list.neighbour(uid, step);
  while (uid && named.has(uid));
  return uid;
}

function showAtOnce(list: List, action: Action, named: Set<string>): () => void {
  for (const uid of named) forgetMessage(list.addressOf(uid));
  if (FILING.has(action)) {
    const taken = list.take(named);
    return () => list.restore(taken);
  }
  const rows = [...named].map((uid) => list.rows.row(uid)).filter((row) => row !== undefined);
  const before = rows.map((row) => [row, row.classList.contains("unseen"), row.classList.contains("starred")] as const);
  for (const row of rows) {
    if (action === "seen" || action === "unseen") row.classList.toggle("unseen", action === "unseen");
    if (action === "star" || action === "unstar") markStar(row, action === "star");
  }
  return () => {
    for (const [row, unseen, starred] of before) {
      row.classList.toggle("unseen", unseen);
      markStar(row, starred);
    }
  };
}

function markStar(row: HTMLElement, starred: boolean): void {
  row.classList.toggle("starred", starred);
  find(".row-star", row)?.setAttribute("aria-pressed", String(starred));
  const message = find("#message");
  if (message?.dataset["uid"] !== row.dataset["uid"]) return;
  const button = find<HTMLButtonElement>(".read-bar .star");
  button?.setAttribute("aria-pressed", String(starred));
  if (button) button.value = starred ? "unstar" : "star";
}

async function send(list: List, fields: [string, string][], target: string, takeBack: () => void): Promise<void> {
  if (target) fields.push(["target", target]);
  if (list.state.uidvalidity) fields.push(["uidvalidity", list.state.uidvalidity]);
  try {
    const answer = await list.during(post<Answer>(`${list.path}messages`, fields, { shown: true }));
    const { undo } = answer;
    toast(answer.text, undo ? () => undone(list, undo, takeBack) : undefined);
    await after(list);
  } catch (error) {
    takeBack();
    tell(error);
  }
}

async function actOnAll(list: List, action: Action, target: string): Promise<void> {
  const { search = "", show = "all" } = list.element.dataset;
  const fields: [string, string][] = [["action", action], ["all", "1"], ["q", search], ["show", show]];
  forgetMessages();
  const waiting = toast(say("Working on {number} messages …", { number: count(list.rows.total) }), undefined, "done", 600_000);
  list.selection.clear();
  try {
    if (target) fields.push(["target", target]);
    const answer = await list.during(post<Answer>(`${list.path}messages`, fields));
    const { undo } = answer;
    toast(answer.text, undo ? () => undone(list, undo) : undefined);
    if (FILING.has(action) && open()) close();
    await list.refresh();
    await after(list);
  } finally {
    waiting();
  }
}

async function undone(list: List, undo: NonNullable<Answer["undo"]>, takeBack?: () => void): Promise<void> {
  // Messages that were moved have new numbers when they come back, so their rows are fetched anew.
  takeBack?.();
  try {
    await list.during(post<Answer>(undo.path, undo.fields));
    toast(say("Undone."));
  } finally {
    await list.refresh();
    await after(list);
  }
}

async function after(list: List | undefined): Promise<void> {
  forgetOthers();
  channel()?.postMessage({ kind: "changed", mailbox: list?.mailbox });
  await refreshSidebar();
}

/** Turn a star on or off, by what the first of the meant messages has. */
export function star(): Promise<void> {
  const list = current();
  const first = list && list.rows.row(meant(list)[0] ?? "");
  return act(first?.classList.contains("starred") ? "unstar" : "star");
}

/** Buttons of forms that act on messages: those of the toolbar, of a row and of the open message. */
export function onSubmit(event: SubmitEvent): void {
  const form = event.target as HTMLFormElement;
  if (form.matches("[data-empty]")) {
    event.preventDefault();
    empty(form).catch(tell);
    return;
  }
  const button = event.submitter as HTMLButtonElement | null;
  const list = current();
  if (button?.name !== "action" || !list || !form.matches(".messages, .read-bar")) return;
  event.preventDefault();
  const action = button.value as Action;
  if (form.matches(".messages")) void act(action).catch(tell);
  else void actOnOpen(list, action).catch(tell);
}

async function actOnOpen(list: List, action: Action): Promise<void> {
  const does = comesTo(list, action);
  if (does === "erase" && !(await sure(1))) return;
  await actOn(list, does, [open()]);
}

/** The small buttons of one row. */
export function onRowButton(list: List, button: HTMLElement, uid: string): void {
  const row = list.rows.row(uid);
  const what = button.dataset["row"];
  const unseen = row?.classList.contains("unseen");
  const starred = row?.classList.contains("starred");
  const action = what === "star" ? (starred ? "unstar" : "star") : what === "seen" ? (unseen ? "seen" : "unseen") : what;
  actOn(list, action as Action, [uid]).catch(tell);
}

/** The folders that messages can be moved to. */
export function folders(): { name: string; label: string; role: string; address: string }[] {
  return findAll<HTMLAnchorElement>(".mailboxes a[data-mailbox]").map((link) => ({
    name: link.dataset["mailbox"] ?? "",
    label: link.dataset["role"] ? (find(".label", link)?.textContent ?? "") : (link.dataset["mailbox"] ?? ""),
    role: link.dataset["role"] ?? "",
    address: link.pathname,
  }));
}

/** Go to the folder with a role. */
export function goToRole(role: string): void | Promise<void> {
  const found = folders().find((folder) => folder.role === role);
  if (!found) return toast(say("You have no such folder."), undefined, "problem") && undefined;
  return current() ? go(found.address) : location.assign(found.address);
}
