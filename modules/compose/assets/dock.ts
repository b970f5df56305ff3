// Panels over the mail: several messages at once, made small, made large, closed.

import { find, findAll, icon, isNarrow, make, tool } from "../../../core/assets/dom";
import { getPart } from "../../../core/assets/net";
import { KEPT } from "../../../core/assets/session";
import { tell } from "../../../core/assets/toast";
import { say } from "../../../core/assets/words";
import { all, Composer, type Home } from "./composer";

const OPEN = `${KEPT}panels`;
const ROOM_FOR_TWO = 1520;

/** One panel and the message in it. */
class Panel implements Home {
  readonly element = make("div", { class: "panel", "aria-busy": "true" });
  composer: Composer | undefined;

  constructor(
    readonly address: string,
    private readonly before: HTMLElement | null,
  ) {
    const lines = ["30%", "55%", "80%", "62%"].map((width) => {
      const line = make("span", { class: "skeleton" });
      line.style.inlineSize = width;
      return line;
    });
    this.element.append(make("div", { class: "panel-waiting" }, ...lines));
    this.element.addEventListener("keydown", (event) => this.onKey(event));
    this.element.addEventListener("focusin", () => this.toFront());
  }

  /** Fill the panel with a form. */
  fill(form: HTMLFormElement): void {
    for (const field of findAll("[autofocus]", form)) field.removeAttribute("autofocus");
    const title = find(".compose-title", form);
    const heading = make("h2", { class: "compose-title" }, title?.textContent ?? "");
    title?.replaceWith(heading);
    heading.addEventListener("click", () => this.element.dataset["small"] !== undefined && this.restore());
    find(".compose-tools", form)?.append(...this.tools());
    this.element.replaceChildren(form);
    this.element.removeAttribute("aria-busy");
    this.composer = new Composer(form, this);
  }

  show(yes: boolean): void {
    this.element.hidden = !yes;
    if (yes) this.restore();
    else if (this.before?.isConnected) this.before.focus({ preventScroll: true });
    afterBack(this);
  }

  leave(): void {
    const inside = this.element.contains(document.activeElement);
    this.element.remove();
    panels.delete(this);
    if (inside && this.before?.isConnected) this.before.focus({ preventScroll: true });
    afterBack(this);
  }

  titled(): void {
    return;
  }

  /** Bring the panel back to its usual size. */
  restore(): void {
    delete this.element.dataset["small"];
    this.mark();
    makeRoom(this);
  }

  /** Leave only the panel's title. */
  makeSmall(): void {
    delete this.element.dataset["full"];
    this.element.dataset["small"] = "";
    this.mark();
  }

  private toggleSmall(): void {
    if (this.element.dataset["small"] === undefined) return this.makeSmall();
    this.restore();
    this.composer?.focus();
  }

  private toggleFull(): void {
    const full = this.element.dataset["full"] === undefined;
    this.element.toggleAttribute("data-full", full);
    delete this.element.dataset["small"];
    this.mark();
  }

  private mark(): void {
    for (const name of ["small", "full"]) {
      find(`[data-panel="${name}"]`, this.element)?.setAttribute("aria-pressed", String(this.element.dataset[name] !== undefined));
    }
    const full = this.element.dataset["full"] !== undefined;
    find('[data-panel="full"]', this.element)?.replaceChildren(icon(full ? "shrink" : "expand"));
  }

  private tools(): HTMLElement[] {
    const small = tool("minimise", say("Make small"), () => this.toggleSmall());
    const full = tool("expand", say("Full screen"), () => this.toggleFull());
    small.dataset["panel"] = "small";
    full.dataset["panel"] = "full";
    const close = tool("close", say("Save and close"), () => void this.composer?.close());
    return [small, full, close];
  }

  private toFront(): void {
    for (const panel of panels) panel.element.toggleAttribute("data-front", panel === this);
  }

  /** Keys in a panel mean nothing to the mail behind it. */
  private onKey(event: KeyboardEvent): void {
    if (event.key === "Escape" && !event.defaultPrevented && !event.isComposing) {
      event.preventDefault();
      if (isNarrow()) void this.composer?.close();
      else if (this.element.dataset["full"] !== undefined) this.toggleFull();
      else {
        this.makeSmall();
        (this.before?.isConnected ? this.before : find("[data-panel=small]", this.element))?.focus({ preventScroll: true });
      }
    }
    if (!event.ctrlKey && !event.metaKey) event.stopPropagation();
  }
}

const panels = new Set<Panel>();

/** Of several accounts a message is written in the one that this page shows, whatever other tabs show. */
function inAccount(address: string): string {
  const account = find(".accounts") && find("[data-account]")?.dataset["account"];
  const url = new URL(address, location.href);
  if (!account || url.searchParams.has("account")) return address;
  url.searchParams.set("account", account);
  return url.pathname + url.search;
}

/** Open a panel for an address of the compose page; one that is open for the same message comes back. */
export async function openPanel(asked: string, small = false): Promise<void> {
  const address = inAccount(asked);
  const known = [...panels].find((panel) => isSame(panel, address));
  if (known) {
    known.show(true);
    known.composer?.focus();
    return;
  }
  const panel = new Panel(address, document.activeElement as HTMLElement | null);
  panels.add(panel);
  dock().append(panel.element);
  if (small) panel.makeSmall();
  else makeRoom(panel);
  if (isNarrow()) history.pushState({ ...(history.state as object | null), composing: true }, "");
  try {
    const form = find<HTMLFormElement>("form.compose", await getPart(address, "compose.compose.body"));
    if (!form) throw new Error(`${address} has no form`);
    panel.fill(document.adoptNode(form));
    if (!small) panel.composer?.focus();
  } catch (error) {
    panel.leave();
    tell(error);
  }
}

/** Whether a panel holds the draft or the answer that an address asks for. A draft has another UID after each save. */
function isSame(panel: Panel, address: string): boolean {
  const asked = new URL(address, location.href).searchParams;
  return asked.has("uid") && (panel.address === address || Boolean(panel.composer?.isDraft(asked)));
}

/** The phone's way back closes the sheet instead of the page behind it; false when there is none. */
export function goBack(): boolean {
  const open = [...panels].filter((panel) => !panel.element.hidden).at(-1);
  if (!open || !isNarrow()) return false;
  void open.composer?.close();
  return true;
}

function afterBack(panel: Panel): void {
  const state = history.state as { composing?: boolean } | null;
  if (state?.composing && ![...panels].some((one) => one !== panel && !one.element.hidden)) history.back();
}

function dock(): HTMLElement {
  return find(".dock") ?? document.body.appendChild(make("section", { class: "dock", "aria-label": say("Messages being written") }));
}

/** Where the window is too narrow for two, the others are made small. */
function makeRoom(panel: Panel): void {
  if (window.innerWidth >= ROOM_FOR_TWO && findAll(".panel:not([data-small], [hidden])").length < 3) return;
  for (const other of panels) if (other !== panel && other.element.dataset["full"] === undefined) other.makeSmall();
}

/** Remember which drafts stand in panels, by their addresses alone. */
export function rememberPanels(): void {
  const open = [...panels].map((panel) => panel.composer?.address ?? "").filter(Boolean);
  if (open.length) sessionStorage.setItem(OPEN, JSON.stringify(open));
  else sessionStorage.removeItem(OPEN);
}

/** Bring back, small, what stood in panels on the page before. */
export function bringBack(): void {
  const open = JSON.parse(sessionStorage.getItem(OPEN) ?? "[]") as string[];
  sessionStorage.removeItem(OPEN);
  if (!isNarrow()) for (const address of open) void openPanel(address, true);
}

/** Whether leaving the page now would lose something. */
export function losesSomething(): boolean {
  return all().some(({ outgoing }) => outgoing.unsafe);
}
