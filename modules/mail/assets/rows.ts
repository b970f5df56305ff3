// Which rows of a list are in the page and where: rows have one height, far ones are left out and fetched again.

import { findAll } from "../../../core/assets/dom";

/** A row that was taken out, and where it stood. */
export interface Taken {
  index: number;
  row: HTMLElement;
}

/** The rows of one list by their position in it. */
export class Rows {
  total = 0;
  private readonly placed = new Map<number, HTMLElement>();
  private height = 76;

  constructor(private readonly list: HTMLElement) {}

  /** Take over the rows that the server put into the page. */
  adopt(start: number, total: number): void {
    this.list.dataset["virtual"] = "";
    this.total = total;
    findAll(":scope > .row", this.list).forEach((row, offset) => this.placed.set(start + offset, row));
    this.measure();
  }

  /** The height of every row, in pixels. */
  get rowHeight(): number {
    return this.height;
  }

  /** Ask the style sheets again how high a row is, and place all. */
  measure(): void {
    const [first] = this.placed.values();
    const height = first ? parseFloat(getComputedStyle(first).blockSize) : 0;
    if (height > 0) this.height = height;
    this.arrange();
  }

  /** Put rows at positions; a message that stood elsewhere moves. */
  put(start: number, rows: HTMLElement[]): void {
    const coming = new Set(rows.map((row) => row.dataset["uid"]));
    for (const [index, row] of [...this.placed]) {
      if (coming.has(row.dataset["uid"]) || (index >= start && index < start + rows.length)) this.drop(index);
    }
    const after = this.order().find((index) => index >= start);
    const before = after === undefined ? null : (this.placed.get(after) ?? null);
    rows.forEach((row, offset) => this.placed.set(start + offset, row));
    const fragment = document.createDocumentFragment();
    fragment.append(...rows);
    this.list.insertBefore(fragment, before);
    this.arrange();
  }

  /** Take messages out; those below move up. Gives what `restore` needs. */
  take(uids: ReadonlySet<string>): Taken[] {
    const taken: Taken[] = [];
    for (const index of this.order()) {
      const row = this.placed.get(index);
      if (row && uids.has(row.dataset["uid"] ?? "")) taken.push({ index, row });
    }
    if (!taken.length) return taken;
    const kept = this.order().filter((index) => !taken.some((one) => one.index === index));
    const rows = kept.map((index) => [index, this.placed.get(index) as HTMLElement] as const);
    this.placed.clear();
    for (const [index, row] of rows) this.placed.set(index - taken.filter((one) => one.index < index).length, row);
    for (const { row } of taken) row.remove();
    this.total = Math.max(0, this.total - taken.length);
    this.arrange();
    return taken;
  }

  /** Put rows back where they were taken from. */
  restore(taken: Taken[]): void {
    for (const { index, row } of taken) {
      const moved = this.order().filter((place) => place >= index).reverse();
      for (const place of moved) {
        this.placed.set(place + 1, this.placed.get(place) as HTMLElement);
        this.placed.delete(place);
      }
      this.total += 1;
      this.put(index, [row]);
    }
  }

  /** Leave out all rows outside of a range. */
  keep(first: number, last: number): void {
    for (const index of [...this.placed.keys()]) if (index < first || index > last) this.drop(index);
  }

  /** The row at a position, if it is in the page. */
  at(index: number): HTMLElement | undefined {
    return this.placed.get(index);
  }

  /** Where a message stands, or -1 where its row is not in the page. */
  indexOf(uid: string): number {
    for (const [index, row] of this.placed) if (row.dataset["uid"] === uid) return index;
    return -1;
  }

  /** The row of a message, if it is in the page. */
  row(uid: string): HTMLElement | undefined {
    return this.placed.get(this.indexOf(uid));
  }

  /** All messages whose rows are in the page, in order. */
  uids(): string[] {
    return this.order().map((index) => this.placed.get(index)?.dataset["uid"] ?? "");
  }

  /** Set the height of the whole and the place of each row. */
  arrange(): void {
    this.list.style.blockSize = `${this.total * this.height}px`;
    for (const [index, row] of this.placed) {
      row.style.insetBlockStart = `${index * this.height}px`;
      row.setAttribute("aria-posinset", String(index + 1));
      row.setAttribute("aria-setsize", String(this.total));
    }
  }

  private order(): number[] {
    return [...this.placed.keys()].sort((a, b) => a - b);
  }

  private drop(index: number): void {
    this.placed.get(index)?.remove();
    this.placed.delete(index);
  }
}
