// Small words for what is done with elements all the time.

declare const HM3_ICONS: string;

type Child = Node | string | null | undefined | false;
type Attributes = Record<string, string | number | boolean | undefined>;

/** The first element that fits, or null. */
export function find<E extends HTMLElement = HTMLElement>(selector: string, within: ParentNode = document): E | null {
  return within.querySelector<E>(selector);
}

/** All elements that fit. */
export function findAll<E extends HTMLElement = HTMLElement>(selector: string, within: ParentNode = document): E[] {
  return [...within.querySelectorAll<E>(selector)];
}

/** A new element with attributes (true for an empty one, false or undefined for none) and children. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child): child is Node | string => Boolean(child)));
  return element;
}

/** An icon of the sprite. */
export function icon(name: string): SVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${HM3_ICONS}#${name}`);
  svg.append(use);
  return svg;
}

/** A button with an icon and a name for those who do not see it. */
export function tool(name: string, label: string, run: () => void): HTMLButtonElement {
  const button = make("button", { type: "button", class: "tool", "aria-label": label, title: label }, icon(name));
  button.addEventListener("click", run);
  return button;
}

/** Call something once after things have been quiet for a while. */
export function debounce(wait: number, run: () => void): { (): void; cancel(): void; flush(): void } {
  let timer: number | undefined;
  const cancel = () => {
    window.clearTimeout(timer);
    timer = undefined;
  };
  const later = () => {
    cancel();
    timer = window.setTimeout(() => {
      timer = undefined;
      run();
    }, wait);
  };
  const flush = () => {
    if (timer === undefined) return;
    cancel();
    run();
  };
  return Object.assign(later, { cancel, flush });
}

/** Do something when the browser has nothing else to do. */
export function whenIdle(run: () => void): void {
  if ("requestIdleCallback" in window) window.requestIdleCallback(run, { timeout: 2000 });
  else setTimeout(run, 300);
}

/** Whether the page is narrow as on a phone. */
export function isNarrow(): boolean {
  return window.matchMedia("(max-width: 699px)").matches;
}

/** Whether keys that are typed here belong to a field. */
export function isTyping(target: EventTarget | null): boolean {
  const element = target as HTMLElement | null;
  if (!element || typeof element.closest !== "function") return false;
  const field = element.closest("input, textarea, select, [contenteditable]:not([contenteditable='false'])");
  return field !== null && !/^(checkbox|radio|button|submit)$/.test((field as HTMLInputElement).type ?? "");
}

/** What is told within this time stands together: a screen reader may not have come to the first of it. */
const TOGETHER = 3000;
let toldAt = -TOGETHER;

/** Tell people who do not see the page. */
export function announce(text: string): void {
  let region = find("#announcer");
  if (!region) {
    region = make("div", { id: "announcer", class: "visually-hidden", role: "status", "aria-live": "polite", "aria-atomic": "false" });
    document.body.append(region);
  }
  if (performance.now() - toldAt > TOGETHER) region.replaceChildren();
  toldAt = performance.now();
  region.append(make("p", {}, text));
}
