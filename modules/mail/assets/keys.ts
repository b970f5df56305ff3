// Mail's commands: what keys, buttons and the palette can do with lists and messages.

import { add, offer, run, type Command } from "../../../core/assets/commands";
import { find } from "../../../core/assets/dom";
import { openFinder } from "../../../core/assets/dialogs";
import { say } from "../../../core/assets/words";
import { tell, toast } from "../../../core/assets/toast";
import { act, folders, goToRole, star, type Action, type Afterwards } from "./actions";
import { look } from "./changes";
import { close, current, go, open, openMessage, refreshSidebar } from "./pages";
import { renewConversation } from "./reading";

const here = () => Boolean(current());
const opened = () => Boolean(open());
const selected = () => Boolean(current()?.selection.size);

/** Whether a focus is drawn: browsers draw none that the mouse put somewhere, until a key is pressed. */
let drawn = true;

/** Add mail's commands. */
export function addMailCommands(): void {
  // A dialog gives the focus back as it was.
  document.addEventListener("pointerdown", ({ target }) => (drawn &&= Boolean((target as Element).closest("dialog"))), true);
  // After what the key does: it draws a focus that was not seen before.
  window.addEventListener("keydown", ({ key }) => (drawn ||= !["Control", "Shift", "Alt", "Meta"].includes(key)));
  add(...moving(), ...selecting(), ...acting(), ...writing(), ...going());
  offer(() => folders().map((folder) => ({ label: say("Go to {folder}", { folder: folder.label }), icon: folder.role ? `role-${folder.role}` : "folder", run: () => visit(folder.address) })));
}

function moving(): Command[] {
  return [
    { name: "next", label: say("Next message"), keys: ["j", "ArrowDown"], can: here, run: () => step(1) },
    { name: "previous", label: say("Previous message"), keys: ["k", "ArrowUp"], can: here, run: () => step(-1) },
    { name: "open", label: say("Open the message"), keys: ["o", "Enter"], can: () => here() && onRow(), run: () => openMessage(current()?.cursor ?? "") },
    { name: "back", label: say("Back to the list"), keys: ["u"], icon: "arrow-left", can: opened, run: () => void close() },
    { name: "escape", label: say("Select none, or back"), keys: ["Esc"], can: () => selected() || opened(), run: () => void (current()?.selection.clear() || close()) },
    { name: "older", label: say("Open the next message"), can: opened, run: () => openNear(1) },
    { name: "newer", label: say("Open the previous message"), can: opened, run: () => openNear(-1) },
    { name: "search", label: say("Search"), keys: ["/"], icon: "search", can: here, run: search },
    { name: "refresh", label: say("Look for new messages"), icon: "refresh", can: here, run: refresh },
  ];
}

function selecting(): Command[] {
  return [
    { name: "select", label: say("Select the message"), keys: ["x"], can: here, run: select },
    { name: "select-all", label: say("Select all"), keys: ["* a"], icon: "check", can: here, run: selectAll },
    { name: "select-none", label: say("Select none"), keys: ["* n"], can: selected, run: () => void current()?.selection.clear() },
  ];
}

function acting(): Command[] {
  const filing = (name: Action, label: string, keys: string[], icon: string): Command => ({ name, label, keys, icon, can: here, run: aimed(() => act(name)) });
  const onward = (name: string, label: string, key: string, afterwards: Afterwards): Command => ({
    name, label, keys: [key], icon: "archive", can: opened, run: () => act("archive", "", afterwards),
  });
  return [
    filing("archive", say("Archive"), ["e"], "archive"),
    filing("trash", say("Delete"), ["#", "Delete"], "trash"),
    { ...filing("junk", say("Report spam"), ["!"], "junk"), can: () => here() && current()?.role !== "junk" },
    { ...filing("not-junk", say("Not spam"), ["!"], "not-junk"), can: () => current()?.role === "junk" },
    { name: "star", label: say("Star or remove the star"), keys: ["s"], icon: "star", can: here, run: aimed(star) },
    filing("seen", say("Mark as read"), ["I"], "seen"),
    filing("unseen", say("Mark as unread"), ["U"], "unseen"),
    { name: "move", label: say("Move to a folder"), keys: ["v"], icon: "move", can: here, run: aimed(() => chooseFolder("move")) },
    { name: "copy", label: say("Copy to a folder"), icon: "copy", can: here, run: aimed(() => chooseFolder("copy")) },
    onward("archive-older", say("Archive, then the next message"), "]", "older"),
    onward("archive-newer", say("Archive, then the previous message"), "[", "newer"),
  ];
}

function writing(): Command[] {
  const tool = (name: string) => find<HTMLAnchorElement>(`.letter-tools [data-do="${name}"]`);
  // Where an answer to all is one to the sender there is no button for it.
  const press = (name: string) => () => (tool(name) ?? (name === "reply-all" ? tool("reply") : null))?.click();
  const answer = (name: string, label: string, key: string): Command => ({
    name: `do-${name}`, label, keys: [key], icon: name, can: opened, run: press(name),
  });
  return [
    answer("reply", say("Reply"), "r"),
    answer("reply-all", say("Reply to all"), "a"),
    answer("forward", say("Forward"), "f"),
    { name: "print", label: say("Print the message"), icon: "print", can: opened, run: (by) => void window.open(by?.getAttribute("href") ?? `${current()?.path}${open()}/print`, "_blank", "noopener") },
  ];
}

function going(): Command[] {
  const to = (role: string, label: string, key: string): Command => ({ name: `go-${role}`, label, keys: [key], icon: `role-${role}`, can: () => folders().length > 0, run: () => goToRole(role) });
  return [
    to("inbox", say("Go to the inbox"), "g i"),
    to("sent", say("Go to sent messages"), "g s"),
    to("drafts", say("Go to drafts"), "g d"),
    to("archive", say("Go to the archive"), "g a"),
  ];
}

function visit(address: string): void {
  if (current()) void go(address);
  else location.assign(address);
}

/** What is done with messages, once it is seen with which: a cursor that nobody sees is only shown. */
function aimed(run: () => void | Promise<void>): () => void | Promise<void> {
  return () => {
    const list = current();
    if (!list || selected() || opened() || list.showCursor(drawn)) return run();
    if (!find(".row :focus-visible", list.element)) toast(say("Select a message first."));
  };
}

function onRow(): boolean {
  const active = document.activeElement;
  return active === document.body || active === null || Boolean(active.closest(".scroller, #read-scroll, #main")) && !active.closest("button, summary, a:not(.row-link)");
}

async function step(by: number): Promise<void> {
  const list = current();
  if (!list) return;
  if (open()) return openNear(by);
  const onList = list.element.contains(document.activeElement);
  const next = onList || by < 0 ? await list.neighbour(list.cursor, by) : list.cursor;
  if (next) list.setCursor(next, true);
}

async function openNear(by: number): Promise<void> {
  const next = await current()?.neighbour(open(), by);
  if (!next) return;
  await openMessage(next);
  current()?.view.reveal(current()?.rows.indexOf(next) ?? 0);
}

function select(): void {
  const list = current();
  if (!list) return;
  const uid = open() || list.cursor;
  if (!uid) return;
  list.selection.set(uid, !list.selection.has(uid));
  // What was selected from elsewhere in the page is where the next key goes on from.
  if (!open() && !list.element.contains(document.activeElement)) list.setCursor(uid, true);
}

function selectAll(by?: Element): void {
  const list = current();
  if (by instanceof HTMLInputElement) list?.selection.setAll(by.checked);
  else list?.selection.setAll(!list.selection.all);
}

function search(): void {
  if (open() && getComputedStyle(find("#list-pane") as HTMLElement).display === "none") close();
  const list = current()?.element;
  if (list) list.dataset["find"] = "";
  const field = find<HTMLInputElement>(".search input[type=search]");
  field?.focus();
  field?.select();
}

async function refresh(): Promise<void> {
  await current()?.refresh();
  await look();
  await refreshSidebar();
  if (opened()) await renewConversation(location.pathname + location.search);
}

function chooseFolder(action: "move" | "copy"): void {
  const label = action === "move" ? say("Move to which folder?") : say("Copy to which folder?");
  const choices = folders().filter((folder) => folder.name !== current()?.mailbox);
  openFinder(label, choices.map((folder) => ({
    label: folder.label,
    icon: folder.role ? `role-${folder.role}` : "folder",
    run: () => act(action, folder.name).catch(tell),
  })));
}

/** Run a command by name; used by other modules' buttons. */
export { run };
