// Drafts save themselves: a moment after the last change, never two at once, and again and again while it fails.

import { announce, debounce, find } from "../../../core/assets/dom";
import { post, Refused } from "../../../core/assets/net";
import { clock, say } from "../../../core/assets/words";
import type { Attached } from "./files";

const QUIET = 2000;
const WAITS = [5_000, 10_000, 20_000, 40_000, 60_000];

interface Saved {
  uid: number | null;
  mailbox: string;
  saved_at: string;
  attachments: Attached[];
}

/** What is saved: the form's fields now, and what the server's answer does to them. */
export interface Written {
  fields(): FormData;
  saved(draft: { uid: string; mailbox: string; attachments: Attached[] }, sent: FormData): void;
  /** The session ended; true while it is. */
  locked(yes: boolean): void;
}

/** Keeps one message safe while it is written. */
export class Drafts {
  /** Whether anything was ever changed here. */
  touched = false;
  private version = 0;
  private stored = 0;
  private failed = 0;
  private running: Promise<void> | undefined;
  private again: number | undefined;
  private readonly soon = debounce(QUIET, () => void this.save());

  constructor(
    private readonly written: Written,
    private readonly status: HTMLElement | null,
  ) {
    // Who cannot see the status is told of trouble alone, not of every save.
    status?.setAttribute("aria-live", "off");
  }

  /** Something was changed. */
  changed(): void {
    this.touched = true;
    this.version += 1;
    if (!this.failed) this.tell("");
    this.soon();
  }

  /** Whether there is something that the server does not have yet. */
  get unsaved(): boolean {
    return this.version > this.stored;
  }

  /** Whether the last try failed, or one is under way: leaving now may lose something. */
  get unsure(): boolean {
    return this.unsaved && (this.failed > 0 || this.running !== undefined);
  }

  /** Save now what is not saved yet; false when that failed. */
  async save(): Promise<boolean> {
    this.stop();
    while (this.running) await this.running;
    if (!this.unsaved) return true;
    this.running = this.store().finally(() => (this.running = undefined));
    await this.running;
    return !this.unsaved;
  }

  /** No more saving; waits for what is under way. */
  async rest(): Promise<void> {
    this.stop();
    await this.running;
  }

  private stop(): void {
    this.soon.cancel();
    window.clearTimeout(this.again);
  }

  private async store(): Promise<void> {
    const version = this.version;
    const fields = this.written.fields();
    this.tell(say("Saving …"));
    try {
      const draft = await post<Saved>("/compose/draft", fields, { unasked: true });
      this.written.saved({ uid: draft.uid === null ? "" : String(draft.uid), mailbox: draft.mailbox, attachments: draft.attachments }, fields);
      this.stored = version;
      this.failed = 0;
      this.written.locked(false);
      this.tell(say("Saved {time}", { time: clock(draft.saved_at) }));
      if (this.unsaved) this.soon();
    } catch (error) {
      this.failed += 1;
      this.explain(error as Error);
    }
  }

  private explain(error: Error): void {
    const refused = error instanceof Refused;
    this.written.locked(refused && error.status === 401);
    this.tell(say("Not saved: {reason}", { reason: error.message }), true);
    // What is wrong with the fields themselves stays wrong until they change.
    if (refused && error.status === 422) return;
    const wait = WAITS[Math.min(this.failed, WAITS.length) - 1];
    this.again = window.setTimeout(() => void this.save(), wait);
  }

  private tell(text: string, failed = false): void {
    if (!this.status) return;
    this.status.textContent = text;
    this.status.title = text;
    this.status.toggleAttribute("data-failed", failed);
    if (failed && this.failed === 1) announce(text);
  }
}

/** The status of a form. */
export function statusOf(form: HTMLElement): HTMLElement | null {
  return find("[data-saved]", form);
}
