// The text of a message that scripts fetched, sealed or ahead: into an empty frame under the rules of every message.

import { told } from "../../../core/assets/agreement";
import { find } from "../../../core/assets/dom";
import { recall, keep } from "../../../core/assets/kept";
import { getText } from "../../../core/assets/net";
import { documentIn } from "../../../core/assets/trusted";
import { say } from "../../../core/assets/words";
import { remember, remembered } from "./memory";
import { fitsSpare, placeSpare } from "./spare";

/** The sheet of a letter, as `mail/frame.html` writes it. Its nonce is another one in every answer. */
const SHEET = /<style nonce="[^"]*">([^]*?)<\/style>/;
const BARE = '<style nonce="">$1</style>';

/** Before a message is put into the page: its frame waits for the text instead of asking for it in clear. What is given is to be done once it is there. */
export function holdFrame(within: ParentNode): () => void {
  const frame = find<HTMLIFrameElement>("iframe.letter-frame", within);
  const wanted = frame?.getAttribute("src");
  const known = remembered(wanted ?? "");
  // What another host shows, the browser alone may read.
  if (!frame || !wanted || frame.dataset["apart"] !== undefined || (known === undefined && !told())) return () => undefined;
  frame.dataset["letter"] = wanted;
  if (known !== undefined && told()) keep(`letter ${wanted}`, known.replace(SHEET, BARE)).catch(console.warn);
  if (known !== undefined && fitsSpare(frame)) {
    frame.removeAttribute("src");
    return () => put(placeSpare(frame), known);
  }
  frame.setAttribute("src", "/mail-frame");
  // A message does not change: what this page remembers is not asked for again.
  const begin = () => (known === undefined ? void fill(frame, wanted) : put(frame, known));
  frame.addEventListener("load", begin, { once: true });
  return () => undefined;
}

/** The address of the text that a frame shows or waits for. */
export function letterOf(frame: HTMLIFrameElement): string | null {
  return frame.dataset["letter"] ?? frame.getAttribute("src");
}

async function fill(frame: HTMLIFrameElement, address: string): Promise<void> {
  const what = `letter ${address}`;
  const known = await recall(what).catch(() => undefined);
  if (known !== undefined) put(frame, known);
  try {
    const letter = (await getText(address, { background: true })).replace(SHEET, BARE);
    remember(address, letter);
    if (letter === known) return;
    put(frame, letter);
    await keep(what, letter);
  } catch (error) {
    // What is shown stays: a message does not change.
    if (known === undefined) put(frame, "", say("The text of this message could not be loaded: {reason}", { reason: (error as Error).message }));
  }
}

function put(frame: HTMLIFrameElement, letter: string, instead = ""): void {
  const inner = frame.contentDocument;
  if (!inner || !frame.isConnected) return;
  const came = documentIn(inner, letter.replace(SHEET, ""));
  for (const name of ["lang", "data-kind", "data-theme"]) {
    const value = came.documentElement.getAttribute(name);
    if (value !== null) inner.documentElement.setAttribute(name, value);
  }
  // The frame's policy knows this one style by its nonce, and no other.
  const style = inner.querySelector("head > style");
  if (style) style.textContent = SHEET.exec(letter)?.[1] ?? "";
  inner.body.replaceChildren(...[...came.body.childNodes].map((node) => inner.importNode(node, true)));
  if (instead) inner.body.textContent = instead;
}
