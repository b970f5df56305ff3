// Every command in one list: buttons name them, keys run them, the palette and the list of keys show them.

import { findAll, isTyping, make } from "./dom";
import { openDialog, openFinder, type Choice } from "./dialogs";
import { tell } from "./toast";
import { say } from "./words";

/** What a person can do. `keys` are written as on the list of keys: `g i`, `Ctrl-K`. */
export interface Command {
  name: string;
  label: string;
  keys?: string[];
  icon?: string;
  /** Whether it can be done now; otherwise neither key nor palette offers it. */
  can?(): boolean;
  run(by?: Element): void | Promise<void>;
}

const commands = new Map<string, Command>();
/** The command that opens the palette, which does not offer itself. */
const PALETTE = "palette";
/** How a key is written where the browser's name for it is not what stands on it. */
const SHOWN: Record<string, string> = { ArrowDown: "↓", ArrowUp: "↑" };
const offers: (() => Choice[])[] = [];
let prefix = "";
let forget: number | undefined;

/** Add commands. */
export function add(...more: Command[]): void {
  for (const command of more) commands.set(command.name, command);
}

/** Add what the palette offers besides, asked for each time it opens: folders, settings. */
export function offer(choices: () => Choice[]): void {
  offers.push(choices);
}

/** Do a command by its name; whether there was one that could be done. */
export function run(name: string, by?: Element): boolean {
  const command = commands.get(name);
  if (!command || (command.can && !command.can())) return false;
  Promise.resolve(command.run(by)).catch(tell);
  return true;
}

/** Listen for clicks on what names a command, and for keys. */
export function listen(): void {
  document.addEventListener("click", (event) => {
    const by = (event.target as Element).closest<HTMLElement>("[data-do]");
    if (!by || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    if (run(by.dataset["do"] ?? "", by) && by.tagName !== "INPUT") event.preventDefault();
  });
  document.addEventListener("keydown", onKey);
}

/** What a pressed key means; also called for keys that are pressed in a message's frame. */
export function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  const key = nameOf(event);
  if (!key || (isTyping(event.target) && !/^(Ctrl|Meta)-/.test(key))) return;
  if (document.querySelector("dialog:modal") && key !== "Ctrl-K") return;
  const wanted = prefix ? `${prefix} ${key}` : key;
  setPrefix("");
  const command = withKey(wanted);
  if (command && run(command.name)) {
    event.preventDefault();
  } else if ([...commands.values()].some((one) => one.keys?.some((known) => known.startsWith(`${wanted} `)))) {
    setPrefix(wanted);
    event.preventDefault();
  }
}

/** The command palette. */
export function openPalette(): void {
  const can = [...commands.values()].filter((command) => command.name !== PALETTE && (!command.can || command.can()));
  const choices = can.map((command) => choice(command));
  openFinder(say("What would you like to do?"), [...choices, ...offers.flatMap((more) => more())]);
}

/** The list of keys. */
export function openKeys(): void {
  const known = [...commands.values()].filter((command) => command.keys?.length);
  const rows = known.map((command) => {
    const keys = (command.keys ?? []).flatMap((key) => key.split(" ").map((part) => make("kbd", {}, SHOWN[part] ?? part)));
    return make("div", {}, make("span", {}, command.label), make("span", {}, ...spaced(keys)));
  });
  openDialog(say("Keyboard shortcuts"), [make("div", { class: "keys" }, ...rows)], [], "wide");
}

function withKey(key: string): Command | undefined {
  return [...commands.values()].find((command) => command.keys?.includes(key) && (!command.can || command.can()));
}

function choice(command: Command): Choice {
  const made: Choice = { label: command.label, run: () => void run(command.name) };
  if (command.icon) made.icon = command.icon;
  if (command.keys?.[0]) made.key = command.keys[0];
  return made;
}

function nameOf(event: KeyboardEvent): string {
  if (["Control", "Shift", "Alt", "Meta"].includes(event.key)) return "";
  if (event.altKey) return "";
  if (event.ctrlKey || event.metaKey) return `Ctrl-${event.key.length === 1 ? event.key.toUpperCase() : event.key}`;
  return { Escape: "Esc" }[event.key] ?? event.key;
}

function setPrefix(to: string): void {
  prefix = to;
  window.clearTimeout(forget);
  if (to) forget = window.setTimeout(() => (prefix = ""), 1500);
}

function spaced(keys: Node[]): (Node | string)[] {
  return keys.flatMap((key, position) => (position ? [" ", key] : [key]));
}

/** Close every menu but one. */
export function closeMenus(except?: Element | null): boolean {
  const open = findAll<HTMLDetailsElement>("details.menu[open]").filter((menu) => menu !== except);
  for (const menu of open) menu.open = false;
  return open.length > 0;
}
