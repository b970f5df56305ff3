// One list of messages in the page: its window of rows, its cursor and selection, and how it is fetched.

import { find, findAll } from "../../../core/assets/dom";
import { getPart } from "../../../core/assets/net";
import { tell } from "../../../core/assets/toast";
import { count, say } from "../../../core/assets/words";
import { Rows, type Taken } from "./rows";
import { Selection } from "./selection";
import { View } from "./view";

const AHEAD = 1;
const KEPT = 3;
const PATIENCE = 150;

/** What tells the server which state of a mailbox the browser knows. */
export type KnownState = Record<"uidvalidity" | "uidnext" | "messages" | "unseen" | "modseq", string>;

/** A message list that is shown or was shown before. */
export class List {
  readonly path: string;
  readonly mailbox: string;
  readonly role: string;
  readonly rows: Rows;
  readonly selection: Selection;
  readonly view: View;
  state: KnownState = { uidvalidity: "", uidnext: "", messages: "", unseen: "", modseq: "" };
  private readonly size: number;
  private readonly scroller: HTMLElement;
  private readonly fetching = new Set<string>();
  private cursorUid = "";
  private pushed = { from: "", to: "" };
  private scrolled = 0;
  private writes = 0;
  private epoch = 0;

  constructor(readonly element: HTMLElement) {
    const { path = "/", mailbox = "", role = "", size = "50" } = element.dataset;
    this.path = path;
    this.mailbox = mailbox;
    this.role = role;
    this.size = Math.min(200, Number(size));
    this.scroller = find(".scroller", element) as HTMLElement;
    const list = find(".rows", element) as HTMLElement;
    this.rows = new Rows(list);
    this.view = new View(this.scroller, this.rows);
    this.selection = new Selection(element, this.rows);
    const start = this.readWindow(list);
    this.rows.adopt(start, this.rows.total);
    this.setCursor(find(".row-link[aria-current]", list)?.closest<HTMLElement>(".row")?.dataset["uid"] ?? this.rows.uids()[0] ?? "");
    this.scroller.addEventListener("scroll", () => this.onScroll(), { passive: true });
  }

  /** The arguments that make this list out of its mailbox. */
  get query(): URLSearchParams {
    const { order = "newest", show = "all", search = "" } = this.element.dataset;
    const query = new URLSearchParams();
    if (order !== "newest") query.set("order", order);
    if (show !== "all") query.set("show", show);
    if (search) query.set("q", search);
    return query;
  }

  /** The address of this list, without a position. */
  get address(): string {
    const query = this.query.toString();
    return query ? `${this.path}?${query}` : this.path;
  }

  /** The address of one of its messages. */
  addressOf(uid: string): string {
    const row = this.rows.row(uid);
    const link = row && find<HTMLAnchorElement>(".row-link", row);
    const query = this.query.toString();
    return link ? link.pathname + link.search : `${this.path}${uid}${query ? `?${query}` : ""}`;
  }

  /** The message that keys act on. */
  get cursor(): string {
    return this.cursorUid;
  }

  /** Put the cursor on a message; with focus, the keyboard follows. */
  setCursor(uid: string, focus = false): void {
    this.cursorUid = uid;
    for (const row of findAll(".row", this.element)) this.rove(row);
    const row = this.rows.row(uid);
    if (!row || !focus) return;
    this.view.reveal(this.rows.indexOf(uid));
    find(".row-link", row)?.focus({ preventScroll: true });
  }

  /** Whether the cursor is seen, if a focus is drawn. If not it is shown, in view, where its row was scrolled away. */
  showCursor(drawn: boolean): boolean {
    const row = this.rows.row(this.cursorUid);
    const inView = row !== undefined && this.view.shows(this.rows.indexOf(this.cursorUid));
    if (drawn && inView && row.contains(document.activeElement)) return true;
    const uid = inView ? this.cursorUid : this.rows.at(this.view.firstWhole())?.dataset["uid"];
    if (uid) this.setCursor(uid, true);
    return !uid;
  }

  /** The message so many rows away from another, fetched if need be; undefined beyond the ends. */
  async neighbour(uid: string, step: number): Promise<string | undefined> {
    const index = this.rows.indexOf(uid);
    const wanted = index < 0 ? 0 : index + step;
    if (wanted < 0 || wanted >= this.rows.total) return undefined;
    if (!this.rows.at(wanted)) await this.fetch(this.blockOf(wanted));
    return this.rows.at(wanted)?.dataset["uid"];
  }

  /** Mark which message is open. */
  showOpen(uid: string): void {
    for (const link of findAll(".row-link[aria-current]", this.element)) link.removeAttribute("aria-current");
    const row = this.rows.row(uid);
    if (row) find(".row-link", row)?.setAttribute("aria-current", "true");
    if (uid) this.setCursor(uid);
  }

  /** Take messages out at once. */
  take(uids: ReadonlySet<string>): Taken[] {
    const cursorAt = this.rows.indexOf(this.cursorUid);
    const taken = this.rows.take(uids);
    // What comes back is not open any more; two rows would say so.
    for (const { row } of taken) find(".row-link[aria-current]", row)?.removeAttribute("aria-current");
    if (uids.has(this.cursorUid)) {
      const next = this.rows.at(Math.min(cursorAt, this.rows.total - 1)) ?? this.rows.at(0);
      this.pushed = { from: this.cursorUid, to: next?.dataset["uid"] ?? "" };
      this.setCursor(this.pushed.to, this.hasFocus());
    }
    this.epoch += 1;
    this.showTotal();
    return taken;
  }

  /** Put them back, and the cursor on the one that it was on, where nobody moved it since or opened another. */
  restore(taken: Taken[]): void {
    this.epoch += 1;
    this.rows.restore(taken);
    const { from, to } = this.pushed;
    const untouched = this.cursorUid === to && !find(".row-link[aria-current]", this.element);
    if (untouched && taken.some(({ row }) => row.dataset["uid"] === from)) this.setCursor(from, this.hasFocus());
    else if (!this.cursorUid) this.setCursor(taken[0]?.row.dataset["uid"] ?? "");
    this.showTotal();
    this.selection.show();
  }

  /** Fetch anew what is being fetched: it was asked for before a change. */
  outdate(): void {
    if (this.fetching.size) void this.refresh(true);
  }

  /** While something is written, rows are not fetched: their positions are about to change. */
  async during<Answer>(write: Promise<Answer>): Promise<Answer> {
    this.writes += 1;
    try {
      return await write;
    } finally {
      this.writes -= 1;
      if (!this.writes) void this.fill();
    }
  }

  /** Fetch the visible rows anew and keep what is seen in its place. */
  async refresh(background = false): Promise<void> {
    if (this.writes) return;
    const top = this.view.first();
    const anchor = this.scroller.scrollTop > this.rows.rowHeight ? this.rows.at(top)?.dataset["uid"] : undefined;
    const offset = this.scroller.scrollTop - top * this.rows.rowHeight;
    const place = this.placeOfCursor();
    const focused = this.holdsFocus();
    this.epoch += 1;
    this.rows.keep(top - this.size, this.view.last() + this.size);
    await this.fetch(this.blockOf(top), background);
    if (this.blockOf(this.view.last()) !== this.blockOf(top)) await this.fetch(this.blockOf(this.view.last()), background);
    const now = anchor ? this.rows.indexOf(anchor) : -1;
    if (now >= 0 && now !== top) this.scroller.scrollTop = now * this.rows.rowHeight + offset;
    this.setCursor(place());
    if (focused) this.refocus();
    this.selection.show();
  }

  /** Called when the list is shown, again perhaps: sizes may have changed, and scrolling was forgotten. */
  shown(): void {
    this.rows.measure();
    this.scroller.scrollTop = this.scrolled;
    void this.fill();
  }

  /** Begin where the server began. */
  toStart(): void {
    const start = Number(find("template.window", this.element)?.dataset["start"] ?? 0);
    const open = this.rows.indexOf(find(".row-link[aria-current]", this.element)?.closest<HTMLElement>(".row")?.dataset["uid"] ?? "");
    this.scrolled = start * this.rows.rowHeight;
    if (open >= 0) this.scrolled = Math.max(0, (open - 3) * this.rows.rowHeight);
    if (start === 0 && open < 6) this.scrolled = 0;
    this.shown();
  }

  private holdsFocus(): boolean {
    return Boolean(document.activeElement?.closest(".row")) && this.element.contains(document.activeElement);
  }

  /** A row that was fetched anew is another element: the focus is lost with the old one, and the cursor out of sight. */
  private refocus(): void {
    const row = this.rows.row(this.cursorUid);
    if (row && document.activeElement === document.body) find(".row-link", row)?.focus({ preventScroll: true });
  }

  private hasFocus(): boolean {
    return this.element.contains(document.activeElement) || document.activeElement === document.body;
  }

  /** Tells later where the cursor is: on its message, or where that stood if it went, or came back with another number. */
  private placeOfCursor(): () => string {
    const uid = this.cursorUid;
    const at = this.rows.indexOf(uid);
    const [above, below] = [at - 1, at + 1].map((index) => this.rows.at(index)?.dataset["uid"] ?? "");
    return () => {
      if (at < 0 || this.cursorUid !== uid || this.rows.indexOf(uid) >= 0) return this.cursorUid;
      const [over, under] = [above, below].map((one) => (one ? this.rows.indexOf(one) : -1)) as [number, number];
      const index = over >= 0 ? over + 1 : under >= 0 ? under - 1 : at;
      return this.rows.at(Math.max(0, Math.min(index, this.rows.total - 1)))?.dataset["uid"] ?? uid;
    };
  }

  private onScroll(): void {
    this.scrolled = this.scroller.scrollTop;
    requestAnimationFrame(() => void this.fill());
  }

  private async fill(): Promise<void> {
    if (this.writes || !this.element.isConnected) return;
    const first = this.blockOf(this.view.first()) - AHEAD * this.size;
    const last = this.blockOf(this.view.last()) + AHEAD * this.size;
    this.rows.keep(first - KEPT * this.size, last + KEPT * this.size);
    for (let block = Math.max(0, first); block <= last && block < this.rows.total; block += this.size) {
      if (this.lacks(block)) await this.fetch(block);
    }
  }

  private lacks(block: number): boolean {
    const end = Math.min(block + this.size, this.rows.total);
    for (let index = block; index < end; index += 1) if (!this.rows.at(index)) return true;
    return false;
  }

  private async fetch(block: number, background = false): Promise<void> {
    const epoch = this.epoch;
    // What was asked for before a change is not waited for: it will be thrown away.
    const asked = `${epoch}/${block}`;
    if (this.fetching.has(asked)) return;
    this.fetching.add(asked);
    const slow = window.setTimeout(() => (this.element.dataset["waiting"] = ""), PATIENCE);
    try {
      const query = this.query;
      query.set("start", String(block));
      query.set("limit", String(this.size));
      const fragment = await getPart(`${this.path}?${query}`, "mail.rows", { background });
      if (epoch === this.epoch && !this.writes) this.accept(fragment);
    } catch (error) {
      if (!background) tell(error);
    } finally {
      window.clearTimeout(slow);
      delete this.element.dataset["waiting"];
      this.fetching.delete(asked);
    }
  }

  private accept(fragment: DocumentFragment): void {
    const start = this.readWindow(fragment);
    const rows = findAll(".row", fragment);
    const open = find(".message")?.dataset["uid"];
    const focused = this.holdsFocus();
    this.rows.keep(0, this.rows.total - 1);
    this.rows.put(start, rows);
    for (const row of rows) {
      this.rove(row);
      if (row.dataset["uid"] === open) find(".row-link", row)?.setAttribute("aria-current", "true");
    }
    if (!this.cursorUid) this.setCursor(this.rows.uids()[0] ?? "");
    if (focused) this.refocus();
    this.selection.show();
    this.showTotal();
  }

  private readWindow(within: ParentNode): number {
    const told = find("template.window", within)?.dataset ?? {};
    this.rows.total = Number(told["total"] ?? 0);
    const { uidvalidity = "", uidnext = "", messages = "", unseen = "", modseq = "" } = told;
    this.state = { uidvalidity, uidnext, messages, unseen, modseq };
    return Number(told["start"] ?? 0);
  }

  private showTotal(): void {
    const { total } = this.rows;
    const told = total === 1 ? say("1 message") : say("{number} messages", { number: count(total) });
    for (const shown of findAll("[data-total-shown]", this.element)) shown.textContent = told;
  }

  private rove(row: HTMLElement): void {
    const index = row.dataset["uid"] === this.cursorUid ? 0 : -1;
    for (const part of row.querySelectorAll<HTMLElement>("a, button, input")) part.tabIndex = index;
  }

  private blockOf(index: number): number {
    return Math.max(0, Math.floor(index / this.size) * this.size);
  }
}
