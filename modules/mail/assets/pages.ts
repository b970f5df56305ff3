// Which list and which message are shown, and the browser's history: going back is instant and keeps what was seen.

import { run } from "../../../core/assets/commands";
import { announce, find, findAll, make } from "../../../core/assets/dom";
import { keep, recall } from "../../../core/assets/kept";
import { getPart, getPartText } from "../../../core/assets/net";
import { tell } from "../../../core/assets/toast";
import { closeSide } from "../../../core/assets/shell";
import { elementsOf } from "../../../core/assets/trusted";
import { List } from "./list";
import { fetchAhead } from "./memory";
import { keepMessage, opened, show, showNone, type Shown } from "./reading";

const MOST_KEPT = 6;
const MESSAGE = /^(\/mail\/[^/]+\/.+\/)([1-9][0-9]*)(?:\/part\/[1-9][0-9.]*\/message)?$/;
const LIST = /^\/mail\/[^/]+\/.+\/$/;

const kept = new Map<string, List>();
let list: List | undefined;
let openUid = "";
let going = 0;

/** The list that is shown. There is one on every mail page. */
export function current(): List | undefined {
  return list;
}

/** The message that is open, or nothing. */
export function open(): string {
  return openUid;
}

/** Take over the page as the server made it. */
export function begin(): void {
  const element = find(".list");
  if (!element) return;
  const asItCame = element.outerHTML;
  list = new List(element);
  keepList(list.address, asItCame);
  kept.set(list.address, list);
  list.toStart();
  openUid = find("#message")?.dataset["uid"] ?? "";
  if (openUid) {
    keepMessage(location.pathname + location.search, find("#read-pane")?.innerHTML ?? "");
    opened(document);
  }
  history.replaceState({ mail: true }, "");
  window.addEventListener("popstate", (event) => {
    // A jump within the page shows nothing new.
    if (event.state === null && location.hash) return;
    if (isMail(location.pathname)) void go(location.pathname + location.search, false);
    else location.reload();
  });
  window.addEventListener("hm3:ended", forgetOthers);
  new ResizeObserver(() => list?.rows.measure()).observe(element.parentElement as HTMLElement);
  prefetch();
}

/** Whether an address is one of a list or a message. */
export function isMail(path: string): boolean {
  return MESSAGE.test(path) || LIST.test(path);
}

/** Show a list or a message by its address. */
export async function go(address: string, push = true): Promise<void> {
  const url = new URL(address, location.href);
  if (list && accountOf(url.pathname) !== accountOf(list.path)) {
    // Another account has other folders beside it and another way to write: all of the page is another one.
    if (push) location.assign(url);
    else location.reload();
    return;
  }
  const mine = ++going;
  const found = MESSAGE.exec(url.pathname);
  const path = found?.[1] ?? url.pathname;
  const uid = found?.[2] ?? "";
  if (push && location.pathname + location.search !== url.pathname + url.search) history.pushState({ mail: true }, "", url);
  closeSide();
  try {
    await showList(listAddress(path, url.searchParams), mine);
    if (mine === going) await showMessage(uid, url.pathname + url.search);
  } catch (error) {
    tell(error);
  }
}

/** Open one message of the list; a draft opens to be gone on with. */
export async function openMessage(uid: string): Promise<void> {
  const address = list?.addressOf(uid);
  if (!address) return;
  if (isMail(new URL(address, location.href).pathname)) return go(address);
  if (!run("compose", make("a", { href: address }))) location.assign(address);
}

/** Back to the list; false when no message is open. */
export function close(): boolean {
  if (!openUid || !list) return false;
  const uid = openUid;
  void go(list.address).then(() => list?.setCursor(uid, true));
  return true;
}

/** Forget lists that were shown before: they may have changed. */
export function forgetOthers(): void {
  for (const [address, one] of kept) if (one !== list) kept.delete(address);
}

/** Show the folders and their counts anew. */
export async function refreshSidebar(background = true): Promise<void> {
  const place = find('[data-part="layout.sidebar"]');
  if (!place || !list) return;
  const content = await getPart(list.path, "layout.sidebar", { background });
  const top = place.scrollTop;
  place.replaceChildren(content);
  place.scrollTop = top;
  markMailbox();
}

function accountOf(path: string): string {
  return path.split("/")[2] ?? "";
}

function listAddress(path: string, query: URLSearchParams): string {
  const wanted = new URLSearchParams();
  const order = query.get("order");
  const filter = query.get("show");
  if (order && order !== "newest") wanted.set("order", order);
  if (filter && filter !== "all") wanted.set("show", filter);
  if (query.get("q")) wanted.set("q", query.get("q") ?? "");
  return wanted.size ? `${path}?${wanted}` : path;
}

async function showList(address: string, mine: number): Promise<void> {
  if (list?.address === address) return;
  const known = kept.get(address);
  const pane = find("#list-pane") as HTMLElement;
  if (!known) pane.setAttribute("aria-busy", "true");
  try {
    const recalled = known ? undefined : await recallList(address);
    const next = known ?? recalled ?? (await fetchList(address));
    if (mine !== going) return;
    if (!next.element.isConnected) pane.replaceChildren(next.element);
    list = next;
    remember(address, next);
    if (known) next.shown();
    else next.toStart();
    markMailbox();
    announce(next.element.dataset["title"] ?? "");
    if (known ?? recalled) void next.refresh(true);
    if (recalled) void getPartText(address, "mail.list", { background: true }).then((text) => keepList(address, text), () => undefined);
  } finally {
    pane.removeAttribute("aria-busy");
  }
}

async function fetchList(address: string): Promise<List> {
  const text = await getPartText(address, "mail.list");
  const list = listOf(text);
  if (!list) throw new Error(`${address} has no list`);
  keepList(address, text);
  return list;
}

function listOf(text: string): List | undefined {
  const element = find(".list", elementsOf(text));
  if (!element) return undefined;
  find("#list-pane")?.replaceChildren(element);
  return new List(element);
}

/** Keep a list as the server wrote it, where this site lets browsers keep any. */
function keepList(address: string, text: string): void {
  keep(keptName(address), text).catch(console.warn);
}

/** The name that a list is kept under: its dates are in the zone of this page. */
function keptName(address: string): string {
  return `list ${address} ${document.documentElement.dataset["zone"] ?? ""}`;
}

async function recallList(address: string): Promise<List | undefined> {
  const text = await recall(keptName(address)).catch(() => undefined);
  return text === undefined ? undefined : listOf(text);
}

function remember(address: string, shown: List): void {
  kept.delete(address);
  kept.set(address, shown);
  for (const oldest of [...kept.keys()].slice(0, -MOST_KEPT)) kept.delete(oldest);
}

async function showMessage(uid: string, address: string): Promise<void> {
  const work = find("#work");
  openUid = uid;
  if (uid) work?.setAttribute("data-opened", "");
  else work?.removeAttribute("data-opened");
  list?.showOpen(uid);
  if (!uid) {
    showNone();
    list?.rows.measure();
    setTitle(list?.element.dataset["title"]);
    return;
  }
  const row = list?.rows.row(uid);
  const unread = row?.classList.contains("unseen") && !address.includes("peek=");
  const shown = await show(address);
  if (!shown) return;
  setTitle(find("#message")?.dataset["title"]);
  prefetch();
  if (unread) await markSeen(uid, shown);
}

/** The server marks what is opened as read, unless the person does that by hand: the message itself tells. */
async function markSeen(uid: string, shown: Shown): Promise<void> {
  if (!(await shown.seen)) return;
  // A list that was asked for before that still has it as unread.
  list?.outdate();
  list?.rows.row(uid)?.classList.remove("unseen");
  setTimeout(() => void refreshSidebar().catch(() => undefined), 800);
}

/** The neighbours of the open message are fetched ahead, the next one first; without one, that under the cursor. */
function prefetch(): void {
  const shown = list;
  const uid = openUid || shown?.cursor;
  if (!shown || !uid) return;
  const index = shown.rows.indexOf(uid);
  const addresses = (openUid ? [index + 1, index - 1] : [index]).flatMap((place) => {
    const row = shown.rows.at(place);
    const link = row && find<HTMLAnchorElement>(".row-link", row);
    return link && isMail(link.pathname) ? [link.pathname + link.search] : [];
  });
  fetchAhead(addresses, openUid ? location.pathname + location.search : "");
}

function setTitle(title: string | undefined): void {
  const site = document.title.split(" · ").pop() ?? "";
  document.title = title ? `${title} · ${site}` : site;
}

function markMailbox(): void {
  for (const link of findAll(".mailboxes [data-mailbox]")) {
    if (link.dataset["mailbox"] === list?.mailbox) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}
