// What this page remembers of messages, in its memory alone: those seen a moment ago, and neighbours fetched ahead.

import { find, whenIdle } from "../../../core/assets/dom";
import { getPartText, getText, type Options } from "../../../core/assets/net";
import { elementsOf } from "../../../core/assets/trusted";
import { prepareSpare } from "./spare";

const MOST = 40;
const MOST_LETTERS = 3_000_000;
const LARGEST = 500_000;
/** Where the text begins that came along with a message: no other markup of a message has this. */
const ALONG = '<template data-letter="';

/** Messages by their addresses, and their texts by those of their frames, as the server wrote them; the latest last. */
const known = new Map<string, string>();
let length = 0;
let fetching = new AbortController();
let coming: { address: string; text: Promise<string> } | undefined;

window.addEventListener("hm3:ended", forgetMessages);
// Whoever writes needs the line and the machine for that.
document.addEventListener("input", stopFetching, { capture: true, passive: true });

/** What is at an address, if it is remembered. */
export function remembered(address: string): string | undefined {
  const text = known.get(address);
  if (text === undefined) return undefined;
  known.delete(address);
  known.set(address, text);
  return text;
}

/** A message as the server writes it for the pane; a text that comes along is remembered as that of its frame. */
export async function fetchMessage(address: string, options: Options = {}): Promise<string> {
  const url = new URL(address, location.href);
  // By itself it would come compressed.
  if (!isSparing()) url.searchParams.set("along", "1");
  const text = await getPartText(url.pathname + url.search, "mail.reading", options);
  const at = text.lastIndexOf(ALONG);
  if (at < 0) return text;
  const letter = find<HTMLTemplateElement>("template", elementsOf(text.slice(at)));
  if (letter) remember(letter.dataset["letter"] ?? "", letter.content.textContent ?? "");
  return text.slice(0, at);
}

/** What is just being fetched ahead from an address; nothing where that fails. */
export async function awaited(address: string): Promise<string | undefined> {
  return coming?.address === address ? coming.text.catch(() => undefined) : undefined;
}

/** Remember what is at an address. Of too many or too long ones the oldest go. */
export function remember(address: string, text: string): void {
  forgetMessage(address);
  if (text.length > LARGEST) return;
  known.set(address, text);
  length += text.length;
  for (const oldest of known.keys()) {
    if (known.size <= MOST && length <= MOST_LETTERS) return;
    forgetMessage(oldest);
  }
}

/** Forget what is at an address. */
export function forgetMessage(address: string): void {
  length -= known.get(address)?.length ?? 0;
  known.delete(address);
}

/** Forget everything, and fetch no more. */
export function forgetMessages(): void {
  stopFetching();
  known.clear();
  length = 0;
}

/** Fetch no more ahead. */
export function stopFetching(): void {
  fetching.abort();
  coming = undefined;
}

/** When nothing else is to do, fetch messages one after the other without marking them read, and then the text of the shown one. */
export function fetchAhead(addresses: string[], shown = ""): void {
  stopFetching();
  if (isSparing()) return;
  fetching = new AbortController();
  const { signal } = fetching;
  whenIdle(() => {
    fetchEach(addresses, shown, signal).catch((error: unknown) => {
      // It is fetched when it is opened, and then whoever opens it hears what is wrong.
      if (!signal.aborted) console.info(error);
    });
  });
}

/** Fetch one message, beside what else is being fetched, without marking it read. */
export function fetchSoon(address: string): void {
  if (isSparing() || known.has(address) || coming?.address === address) return;
  if (fetching.signal.aborted) fetching = new AbortController();
  const { signal } = fetching;
  fetchEach([address], "", signal).catch((error: unknown) => {
    if (!signal.aborted) console.info(error);
  });
}

async function fetchEach(addresses: string[], shown: string, signal: AbortSignal): Promise<void> {
  for (const address of addresses) {
    if (isOver(signal)) return;
    const before = known.get(address);
    if (before !== undefined) {
      await fetchLetter(before, signal);
      continue;
    }
    const text = fetchMessage(peeking(address), { background: true, signal });
    coming = { address, text };
    const message = await text;
    if (coming?.address === address) coming = undefined;
    if (isOver(signal)) return;
    remember(address, message);
    await fetchLetter(message, signal);
  }
  const open = known.get(shown);
  if (open !== undefined && !isOver(signal)) await fetchLetter(open, signal);
}

async function fetchLetter(message: string, signal: AbortSignal): Promise<void> {
  const frame = find<HTMLIFrameElement>("iframe.letter-frame:not([data-apart])", elementsOf(message));
  const address = frame?.getAttribute("src");
  if (!frame || !address) return;
  if (!known.has(address)) {
    const letter = await getText(address, { background: true, signal });
    if (signal.aborted) return;
    remember(address, letter);
  }
  prepareSpare(frame);
}

function isOver(signal: AbortSignal): boolean {
  return signal.aborted || document.visibilityState !== "visible";
}

function peeking(address: string): string {
  const url = new URL(address, location.href);
  url.searchParams.set("peek", "1");
  return url.pathname + url.search;
}

/** Whether what is sent costs money or takes long, as far as the browser tells. */
function isSparing(): boolean {
  const { connection: line } = navigator as { connection?: { saveData?: boolean; type?: string; effectiveType?: string } };
  const slow = line?.type === "cellular" || /2g/.test(line?.effectiveType ?? "");
  return slow || line?.saveData === true || window.matchMedia("(prefers-reduced-data: reduce)").matches;
}
