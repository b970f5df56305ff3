// Which messages of a list are selected, and how the page shows it.

import { find, findAll } from "../../../core/assets/dom";
import { count, say } from "../../../core/assets/words";
import type { Rows } from "./rows";

/** The selected messages; `all` means every message of the list, loaded or not. */
export class Selection {
  readonly uids = new Set<string>();
  all = false;
  private anchor = "";

  constructor(
    private readonly list: HTMLElement,
    private readonly rows: Rows,
  ) {}

  /** How many are selected. */
  get size(): number {
    return this.all ? this.rows.total : this.uids.size;
  }

  /** Select a message or stop it; with a range, everything from the last one that was chosen. */
  set(uid: string, chosen: boolean, range = false): void {
    if (this.all) {
      this.all = false;
      for (const known of this.rows.uids()) this.uids.add(known);
    }
    for (const one of range ? this.between(uid) : [uid]) {
      if (chosen) this.uids.add(one);
      else this.uids.delete(one);
    }
    this.anchor = uid;
    this.show();
  }

  /** Select every message of the list. */
  setAll(chosen: boolean): void {
    this.all = chosen && this.rows.total > 0;
    this.uids.clear();
    this.show();
  }

  /** Select nothing; whether something was selected. */
  clear(): boolean {
    const had = this.size > 0;
    this.all = false;
    this.uids.clear();
    this.show();
    return had;
  }

  /** Whether a message is selected. */
  has(uid: string): boolean {
    return this.all || this.uids.has(uid);
  }

  /** Make boxes, the count and the toolbar agree with what is selected. */
  show(): void {
    for (const box of findAll<HTMLInputElement>(".row-pick input", this.list)) box.checked = this.has(box.value);
    const some = this.size > 0;
    if (some) this.list.dataset["selecting"] = "";
    else delete this.list.dataset["selecting"];
    const shown = find("[data-selected]", this.list);
    if (shown) shown.textContent = some ? this.told() : "";
    const every = find<HTMLInputElement>("[data-do=select-all]", this.list);
    if (every) {
      every.checked = this.all;
      every.indeterminate = some && !this.all;
    }
  }

  private told(): string {
    const number = count(this.size);
    return this.all ? say("All {number} selected", { number }) : say("{number} selected", { number });
  }

  private between(uid: string): string[] {
    const known = this.rows.uids();
    const [from, to] = [known.indexOf(this.anchor), known.indexOf(uid)].sort((a, b) => a - b);
    return from === undefined || to === undefined || from < 0 ? [uid] : known.slice(from, to + 1);
  }
}
