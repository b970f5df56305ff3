// Rich text: an editor in place of the field, loaded when somebody wants it. It shows only cleaned HTML.

import DOMPurify from "dompurify";
import Squire from "squire-rte";
import { openDialog } from "../../../core/assets/dialogs";
import { make, tool } from "../../../core/assets/dom";
import { say } from "../../../core/assets/words";
import { fromText, toText } from "./convert";

export { fromText };

/** What this file gives to those who load it. */
export interface EditorModule {
  createEditor: typeof createEditor;
  fromText: typeof fromText;
}

/** A text with its formatting. */
export interface Editor {
  html(): string;
  text(): string;
  /** Whether something would be lost as plain text. */
  readonly formatted: boolean;
  focus(): void;
  /** Put pictures of the draft into the text: the next saved draft takes the place of the one that they are in. */
  takePictures(): Promise<void>;
  end(): void;
}

const FORMATTED = "b, strong, i, em, u, s, strike, a[href], ul, ol, img, table, h1, h2, h3, h4, font, [style]";
/** Even in a document that nobody sees, the browser reports markup that sets a style. */
const STYLED = /(<[a-z][^<>]*?)\sstyle\s*=/gi;
/** A picture as HTML that was written out by a parser: no quotation mark stands within its values. */
const PICTURE = /<img\b(?:[^>"]|"[^"]*")*>/g;
/** Larger pictures go beside the text. */
const LARGEST_PICTURE = 1_000_000;

/** An editor in place of a text field. */
export function createEditor(plain: HTMLTextAreaElement, bar: HTMLElement | null, html: string, label: string, changed: () => void, attach: (file: File) => void): Editor {
  const place = make("div", { class: "compose-text", role: "textbox", "aria-multiline": "true", "aria-label": label });
  plain.after(place);
  const squire = new Squire(place, { blockTag: "DIV", sanitizeToDOMFragment: clean });
  squire.setHTML(setAside(html));
  style(place);
  squire.moveCursorToStart();
  squire.addEventListener("input", () => {
    style(place);
    changed();
  });
  squire.addEventListener("pasteImage", (event: Event) => {
    takeFiles(squire, (event as CustomEvent<{ clipboardData?: DataTransfer }>).detail?.clipboardData?.files ?? [], attach);
  });
  place.addEventListener("drop", (event) => dropPictures(squire, event, attach));
  const tools = bar ? fillBar(bar, squire) : [];
  squire.addEventListener("pathChange", () => mark(tools, squire));
  return {
    html: () => putBack(squire.getHTML()),
    text: () => toText(place),
    get formatted() {
      return place.querySelector(FORMATTED) !== null;
    },
    focus: () => void squire.focus(),
    takePictures: async () => {
      for (const picture of place.querySelectorAll<HTMLImageElement>('img[src^="/mail/"]')) {
        picture.src = await asData(await (await fetch(picture.src, { credentials: "same-origin" })).blob());
      }
    },
    end: () => {
      squire.destroy();
      place.remove();
      bar?.replaceChildren();
    },
  };
}

/** Pictures of other machines that go along in a quote are not loaded here: the page may not, and their owners would know. */
function setAside(html: string): string {
  return html.replace(PICTURE, (picture) => picture.replace(/\ssrc="(?=https?:)/, ' data-remote="'));
}

function putBack(html: string): string {
  return html.replace(PICTURE, (picture) => picture.replace(/\sdata-remote="(?=https?:)/, ' src="'));
}

/** Only what mail may hold; styles wait beside their elements until a script may set them. */
function clean(html: string): DocumentFragment {
  const kept = DOMPurify.sanitize(html.replace(STYLED, "$1 data-look="), {
    RETURN_DOM_FRAGMENT: true,
    FORBID_TAGS: ["style", "form", "input", "button", "textarea", "select", "iframe", "audio", "video", "svg", "math"],
    FORBID_ATTR: ["id", "class", "name"],
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
  });
  return document.importNode(kept, true);
}

DOMPurify.addHook("uponSanitizeAttribute", (element, attribute) => {
  if (attribute.attrName === "style") {
    (element as HTMLElement).setAttribute("data-look", attribute.attrValue);
    attribute.keepAttr = false;
  } else if (attribute.attrName === "data-look" || attribute.attrName === "data-remote") {
    attribute.forceKeepAttr = true;
  } else if (attribute.attrName === "src" && !/^(?:\/mail\/|data:image\/|blob:)/.test(attribute.attrValue)) {
    attribute.keepAttr = false;
  }
});

/** The site's rules let scripts set styles, but not markup. */
function style(place: HTMLElement): void {
  for (const element of place.querySelectorAll<HTMLElement>("[data-look]")) {
    element.style.cssText = (element.getAttribute("data-look") ?? "").replace(/[^;]*\burl\([^;]*;?/gi, "");
    element.removeAttribute("data-look");
  }
}

type Tool = { button: HTMLButtonElement; on: (squire: Squire) => boolean };

function fillBar(bar: HTMLElement, squire: Squire): Tool[] {
  const has = (tag: string) => (one: Squire) => one.hasFormat(tag);
  const entry = (icon: string, label: string, run: () => void, on: Tool["on"] = () => false): Tool => {
    const button = tool(icon, label, () => {
      run();
      squire.focus();
      mark(tools, squire);
    });
    return { button, on };
  };
  const either = (tag: string, yes: () => unknown, no: () => unknown) => () => void (squire.hasFormat(tag) ? no() : yes());
  const tools: Tool[] = [
    entry("format-bold", say("Bold"), either("B", () => squire.bold(), () => squire.removeBold()), has("B")),
    entry("format-italic", say("Italic"), either("I", () => squire.italic(), () => squire.removeItalic()), has("I")),
    entry("format-underline", say("Underline"), either("U", () => squire.underline(), () => squire.removeUnderline()), has("U")),
    entry("format-strike", say("Strike through"), either("S", () => squire.strikethrough(), () => squire.removeStrikethrough()), has("S")),
    entry("format-list", say("List"), either("UL", () => squire.makeUnorderedList(), () => squire.removeList()), has("UL")),
    entry("format-ordered", say("Numbered list"), either("OL", () => squire.makeOrderedList(), () => squire.removeList()), has("OL")),
    entry("format-quote", say("Quote"), either("BLOCKQUOTE", () => squire.increaseQuoteLevel(), () => squire.decreaseQuoteLevel()), has("BLOCKQUOTE")),
    entry("format-link", say("Link"), () => askForLink(squire), has("A")),
    entry("format-clear", say("Clear formatting"), () => squire.removeAllFormatting()),
    entry("undo", say("Undo"), () => squire.undo()),
  ];
  bar.replaceChildren(...tools.map(({ button }) => button));
  mark(tools, squire);
  return tools;
}

function mark(tools: Tool[], squire: Squire): void {
  for (const { button, on } of tools.slice(0, 8)) button.setAttribute("aria-pressed", String(on(squire)));
}

function askForLink(squire: Squire): void {
  if (squire.hasFormat("A")) return void squire.removeLink();
  const input = make("input", { class: "input", type: "url", "aria-label": say("Address"), placeholder: "https://", autocomplete: "off" });
  const done = make("button", { class: "button primary" }, say("Link"));
  const form = make("form", { class: "stack", novalidate: true }, input, done);
  const dialog = openDialog(say("Where should the link lead?"), [form]);
  const chosen = squire.getSelection();
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    dialog.close();
    const address = linkAddress(input.value.trim());
    squire.setSelection(chosen);
    if (address) squire.makeLink(address, {});
    squire.focus();
  });
  input.focus();
}

function linkAddress(typed: string): string {
  if (/^(?:https?:\/\/|mailto:|tel:)/i.test(typed)) return typed;
  if (/^[^\s@/]+@[^\s@]+$/.test(typed)) return `mailto:${typed}`;
  return /^[^\s:]+\.[^\s]+$/.test(typed) ? `https://${typed}` : "";
}

function dropPictures(squire: Squire, event: DragEvent, attach: (file: File) => void): void {
  const files = [...(event.dataTransfer?.files ?? [])];
  if (!files.some(goesIntoText)) return;
  event.preventDefault();
  const spot = rangeAt(event.clientX, event.clientY);
  if (spot && squire.getRoot().contains(spot.startContainer)) squire.setSelection(spot);
  takeFiles(squire, files, attach);
}

/** The place in the text at a point of the window, as far as the browser tells. */
function rangeAt(x: number, y: number): Range | null {
  const place = document.caretPositionFromPoint?.(x, y);
  if (!place) return document.caretRangeFromPoint?.(x, y) ?? null;
  const range = document.createRange();
  range.setStart(place.offsetNode, place.offset);
  return range;
}

/** Pictures go into the text, in their order, and other files beside it. */
function takeFiles(squire: Squire, files: Iterable<File>, attach: (file: File) => void): void {
  let before: Promise<unknown> = Promise.resolve();
  for (const file of files) {
    if (!goesIntoText(file)) {
      attach(file);
      continue;
    }
    const read = asData(file);
    before = before.then(() => read).then(
      (address) => void squire.insertImage(address, { alt: file.name }),
      () => attach(file),
    );
  }
}

function goesIntoText(file: File): boolean {
  return /^image\/(?:png|gif|jpeg|webp)$/.test(file.type) && file.size <= LARGEST_PICTURE;
}

function asData(file: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(String(reader.result)));
    reader.addEventListener("error", () => reject(reader.error ?? new Error("unreadable")));
    reader.readAsDataURL(file);
  });
}
