// Which rows of a list are in view.

import type { Rows } from "./rows";

/** What the part that scrolls shows of the rows, by their positions. */
export class View {
  constructor(
    private readonly scroller: HTMLElement,
    private readonly rows: Rows,
  ) {}

  /** The first row, of which a part may be out of view. */
  first(): number {
    return Math.max(0, Math.floor(this.scroller.scrollTop / this.rows.rowHeight));
  }

  /** The first row that is whole. */
  firstWhole(): number {
    return Math.min(this.rows.total - 1, Math.ceil(this.scroller.scrollTop / this.rows.rowHeight));
  }

  /** The last row, of which a part may be out of view. */
  last(): number {
    const bottom = this.scroller.scrollTop + this.scroller.clientHeight;
    return Math.min(this.rows.total - 1, Math.max(0, Math.floor(bottom / this.rows.rowHeight)));
  }

  /** Whether at least half of a row is in view. */
  shows(index: number): boolean {
    const middle = (index + 0.5) * this.rows.rowHeight - this.scroller.scrollTop;
    return middle > 0 && middle < this.scroller.clientHeight;
  }

  /** Bring a row into view. */
  reveal(index: number): void {
    const { rowHeight } = this.rows;
    const top = index * rowHeight;
    if (top < this.scroller.scrollTop) this.scroller.scrollTop = top;
    const bottom = top + rowHeight - this.scroller.clientHeight;
    if (bottom > this.scroller.scrollTop) this.scroller.scrollTop = bottom;
  }
}
