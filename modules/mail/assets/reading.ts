// The open message: fetched ahead where it can be, its frame as high as its text, its links kept in hand.

import { onKey, run } from "../../../core/assets/commands";
import { find, findAll, isNarrow, make, whenIdle } from "../../../core/assets/dom";
import { openDialog } from "../../../core/assets/dialogs";
import { forget, keep, recall } from "../../../core/assets/kept";
import { getBody, getPart, getPartText, Refused } from "../../../core/assets/net";
import { tell } from "../../../core/assets/toast";
import { elementsOf } from "../../../core/assets/trusted";
import { holdFrame, letterOf } from "./letters";
import { awaited, fetchMessage, forgetMessage, remember, remembered } from "./memory";

const PATIENCE = 150;

/** What is another one in every answer, or once a message was read. */
const TOKEN = /(name="csrf_token" value=")[^"]*/g;
const SEEN = /(<article class="message"[^>]*) data-seen/;

let asked = 0;

/** A message that is shown: whether the server marked it as read, when it has heard of it. */
export interface Shown {
  seen: Promise<boolean>;
}

/** Show a message, at once where it is known; nothing when another was asked for in the meantime. */
export async function show(address: string): Promise<Shown | undefined> {
  const mine = ++asked;
  const pane = find("#read-pane") as HTMLElement;
  const slow = window.setTimeout(() => mine === asked && pane.replaceChildren(skeleton()), PATIENCE);
  try {
    const known = remembered(address) ?? (await awaited(address)) ?? (await recallMessage(address));
    if (mine !== asked) return undefined;
    // It is the person who asks: what was only looked at ahead is now read, and the session goes on.
    const coming = known === undefined ? fetchMessage(address) : getPartText(address, "mail.reading");
    if (known !== undefined) {
      place(pane, known);
      return { seen: coming.then((text) => renew(pane, address, mine, known, text), (error) => failed(address, mine, error)) };
    }
    const text = await coming.catch((error) => gone(address, error));
    return mine === asked ? { seen: Promise.resolve(renew(pane, address, mine, "", text)) } : undefined;
  } finally {
    window.clearTimeout(slow);
  }
}

/** Put what has just come in place of what is shown, where it is another; whether the server marked it as read. */
function renew(pane: HTMLElement, address: string, mine: number, shown: string, text: string): boolean {
  const seen = find("#message", elementsOf(text))?.dataset["seen"] !== undefined;
  keepMessage(address, text);
  if (mine !== asked) return seen;
  if (lasting(shown) !== lasting(text)) replace(pane, text);
  else find("#message", pane)?.toggleAttribute("data-seen", seen);
  whenIdle(() => void showConversation(address, mine));
  return seen;
}

function lasting(text: string): string {
  return text.replace(TOKEN, "$1").replace(SEEN, "$1");
}

/** What is known of a message stays where it cannot be asked for anew, unless it is gone. */
async function failed(address: string, mine: number, error: unknown): Promise<boolean> {
  if (mine === asked) await gone(address, error).catch(tell);
  return false;
}

function place(pane: HTMLElement, text: string): void {
  const content = elementsOf(text);
  const settle = holdFrame(content);
  pane.replaceChildren(content);
  settle();
  opened(pane);
}

/** Put another state of a message in place of what is shown, around its frame where that stays: it would load its text anew. */
function replace(pane: HTMLElement, text: string): void {
  const content = elementsOf(text);
  const frame = find<HTMLIFrameElement>("iframe.letter-frame", pane);
  let fresh: Element | null = find<HTMLIFrameElement>("iframe.letter-frame", content);
  if (!frame || letterOf(frame) !== fresh?.getAttribute("src")) return place(pane, text);
  for (let kept: Element | null = frame; kept && fresh && kept !== pane; kept = kept.parentElement, fresh = fresh.parentElement) {
    if (kept !== frame) liken(kept, fresh);
    const [before, after] = besides(fresh);
    for (const gone of besides(kept).flat()) gone.remove();
    kept.before(...before);
    kept.after(...after);
  }
  lookAhead(pane);
}

function liken(one: Element, other: Element): void {
  for (const name of one.getAttributeNames()) if (!other.hasAttribute(name)) one.removeAttribute(name);
  for (const { name, value } of other.attributes) one.setAttribute(name, value);
}

function besides(one: Element): [ChildNode[], ChildNode[]] {
  const all = [...(one.parentNode?.childNodes ?? [])];
  const at = all.indexOf(one);
  return [all.slice(0, at), all.slice(at + 1)];
}

/** Keep a message as it is shown: in this page's memory, and beyond it where this site lets browsers keep any. */
export function keepMessage(address: string, text: string): void {
  remember(address, text);
  // Showing it does not wait for that, and does without it where it fails.
  keep(`message ${address}`, text).catch(console.warn);
}

function recallMessage(address: string): Promise<string | undefined> {
  return recall(`message ${address}`).catch(() => undefined);
}

/** A message that could not be fetched. One that is gone from the server is not kept here either. */
async function gone(address: string, error: unknown): Promise<never> {
  if (error instanceof Refused && error.status === 404) {
    forgetMessage(address);
    await forget(`message ${address}`);
    clear();
  }
  throw error;
}

/** Show no message. */
export function showNone(): void {
  asked += 1;
  clear();
}

function clear(): void {
  const nothing = find<HTMLTemplateElement>("#no-message")?.content.cloneNode(true);
  find("#read-pane")?.replaceChildren(...(nothing ? [nothing] : []));
}

/** Bring a message to life that is in the page. */
export function opened(pane: ParentNode): void {
  const frame = find<HTMLIFrameElement>("iframe.letter-frame", pane);
  if (frame) tend(frame);
  lookAhead(pane);
  if (isNarrow()) find("#subject", pane)?.focus({ preventScroll: true });
}

function lookAhead(pane: ParentNode): void {
  const files = find("[data-look]", pane);
  if (files) whenIdle(() => void lookIntoFiles(files));
}

/** Say what attachments are by their content, once the message is shown. */
async function lookIntoFiles(files: HTMLElement): Promise<void> {
  const address = files.dataset["look"];
  if (!address || !files.isConnected) return;
  delete files.dataset["look"];
  try {
    const looked = await getPart(address, "mail.message.files", { background: true });
    for (const item of findAll(".attachment[data-number]", looked)) {
      const known = find(`.attachment[data-number="${item.dataset["number"]}"]`, files);
      if (known && known.dataset["care"] !== item.dataset["care"]) known.replaceWith(item);
    }
  } catch (error) {
    // They are looked at again before they are saved.
    console.warn(error);
  }
}

/** Show all header fields over the page. */
export async function showHeaders(address: string): Promise<void> {
  const body = await getBody(address);
  const title = find("h1", body ?? document)?.textContent ?? "";
  if (body) openDialog(title, [...body.children], [], "wide");
}

/** Show a picture over the page. */
export function showPicture(link: HTMLAnchorElement): void {
  openDialog(link.getAttribute("aria-label") ?? "", [make("img", { src: link.href, alt: "" })], [], "picture");
}

/** Look again for what belongs to the open message's conversation: it may have been answered. */
export async function renewConversation(address: string): Promise<void> {
  await showConversation(address, asked);
}

async function showConversation(address: string, mine: number): Promise<void> {
  // A message within a message has none.
  if (mine !== asked || !find(".thread")) return;
  try {
    const content = await getPart(address, "mail.conversation", { background: true });
    const place = find(".thread");
    if (mine === asked && place) place.replaceChildren(content);
  } catch (error) {
    // A message that was filed away meanwhile has none.
    if (mine === asked) console.warn(error);
  }
}

function skeleton(): HTMLElement {
  const line = (width: string) => {
    const made = make("span", { class: "skeleton" });
    made.style.inlineSize = width;
    return made;
  };
  const lines = ["60%", "35%", "90%", "84%", "88%", "40%"].map(line);
  const bar = make("div", { class: "read-bar" });
  return make("div", { class: "message waiting", "aria-busy": "true" }, bar, make("div", { class: "read-scroll" }, ...lines));
}

/** Give a frame the height of its document, and make its links and keys those of the page; not of one of another host. */
export function tend(frame: HTMLIFrameElement): void {
  if (frame.dataset["apart"] !== undefined) return;
  let watching: ResizeObserver | undefined;
  const begin = () => {
    const inner = frame.contentDocument;
    if (!inner || inner.URL === "about:blank" || !inner.body) return;
    watching?.disconnect();
    inner.documentElement.dataset["sized"] = "";
    const fit = () => resize(frame, inner);
    watching = new ResizeObserver(fit);
    watching.observe(inner.body);
    watching.observe(frame);
    inner.addEventListener("toggle", fit, true);
    inner.addEventListener("load", fit, true);
    inner.addEventListener("click", followLink);
    inner.addEventListener("keydown", onKey);
    fit();
  };
  frame.addEventListener("load", begin);
  if (frame.contentDocument?.readyState === "complete") begin();
}

function resize(frame: HTMLIFrameElement, inner: Document): void {
  const { body } = inner;
  body.style.setProperty("zoom", "1");
  const wide = inner.documentElement.scrollWidth;
  const room = frame.clientWidth;
  // A newsletter that is wider than a phone is made smaller, as far as it can still be read.
  if (room > 0 && wide > room + 1) body.style.setProperty("zoom", String(Math.max(0.45, room / wide)));
  const bar = inner.documentElement.scrollWidth > room ? 16 : 0;
  const height = Math.max(body.getBoundingClientRect().height, body.scrollHeight) + bar;
  const wanted = `${Math.ceil(Math.max(24, height))}px`;
  if (frame.style.blockSize !== wanted) frame.style.blockSize = wanted;
}

function followLink(event: MouseEvent): void {
  const link = (event.target as Element | null)?.closest?.("a[href]") as HTMLAnchorElement | null;
  if (!link) return;
  const target = composeAddress(link.getAttribute("href") ?? "");
  if (!target) return;
  event.preventDefault();
  const by = make("a", { href: target });
  if (!run("compose", by)) location.assign(target);
}

/** Where a link to an address leads: to a new message. Nothing for other links. */
export function composeAddress(href: string): string {
  if (href.startsWith("/compose?")) return href;
  if (!/^mailto:/i.test(href)) return "";
  const mailto = new URL(href);
  const query = new URLSearchParams({ to: decodeURIComponent(mailto.pathname) });
  for (const name of ["cc", "bcc", "subject", "body"]) {
    const value = mailto.searchParams.get(name);
    if (value) query.set(name, value);
  }
  return `/compose?${query}`;
}

/** Open an address in the reading pane, and say so if it fails. */
export function showOrTell(address: string): void {
  show(address).catch(tell);
}
