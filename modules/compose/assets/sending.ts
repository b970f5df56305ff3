// Sending and throwing away: asked about where something seems forgotten, held back for a while, then done.

import { ask } from "../../../core/assets/dialogs";
import { debounce, find } from "../../../core/assets/dom";
import { inClear, post, postOnLeaving, sealAhead, seals, type Ready } from "../../../core/assets/net";
import { channel } from "../../../core/assets/session";
import { toast } from "../../../core/assets/toast";
import { say } from "../../../core/assets/words";
import type { Composer } from "./composer";
import { mentionsAttachment, ownText } from "./forgotten";

const DISCARD_SECONDS = 8;
/** Browsers send at most 64 KiB for a page that is gone. */
const MOST_ON_LEAVING = 60_000;
/** How soon after a change the last request is sealed. */
const SOON = 150;

interface Sent {
  text: string;
  refused: string[];
}

/** What becomes of one message after the person is done with it. */
export class Outgoing {
  private held: { what: "send" | "discard"; timer: number; told: () => void } | undefined;
  private busy = false;
  private left = false;
  private ready: Ready | undefined;
  private changes = 0;
  private readonly prepareSoon = debounce(SOON, () => void this.prepare());
  private readonly first: string;
  private readonly resumed: boolean;

  constructor(private readonly composer: Composer) {
    this.first = composer.value("body");
    this.resumed = composer.value("draft") !== "";
  }

  /** Check, hold back, send. */
  async send(): Promise<void> {
    const { composer } = this;
    if (this.held || this.busy) return;
    for (const people of composer.people) people.finish();
    composer.clearErrors();
    if (!this.addressed() || !(await this.complete())) return;
    const seconds = Number(composer.form.dataset["undoSeconds"] ?? 0);
    if (seconds > 0) this.hold("send", seconds, say("Sending …"));
    else await this.deliver();
  }

  /** Throw the message away, which can be undone for a while. */
  async discard(): Promise<void> {
    const { composer } = this;
    if (this.held || this.busy) return;
    const nothing = !composer.drafts.touched && !composer.value("draft");
    if (nothing) composer.end();
    else this.hold("discard", DISCARD_SECONDS, say("The message was discarded."));
  }

  /** The message was changed: what saves it when the page goes away is sealed anew, where that takes time. */
  changed(): void {
    this.changes += 1;
    this.ready = undefined;
    if (seals()) this.prepareSoon();
  }

  /** Whether closing the page now would lose what no small last request can save. */
  get unsafe(): boolean {
    if (this.busy) return true;
    if (seals() && !this.ready && this.last) return true;
    const { drafts, files } = this.composer;
    if (this.held?.what === "discard") return false;
    if (!this.held && !drafts.unsaved && !files.busy) return false;
    return drafts.unsure || files.busy || this.size > MOST_ON_LEAVING;
  }

  /** Do now what waits, and hear whether that worked. */
  async settle(): Promise<boolean> {
    if (this.held?.what === "send") return this.deliver();
    if (this.held) return this.throwAway();
    return !this.composer.drafts.touched || this.composer.drafts.save();
  }

  /** The page is looked away from. A phone may end it without a word, so nothing waits there. */
  outOfSight(): void {
    // Leaving a page hides it too, a moment later.
    if (this.left) return;
    if (this.held && window.matchMedia("(pointer: coarse)").matches) void this.settle();
    else if (!this.held && !this.busy && this.composer.drafts.unsaved) void this.composer.drafts.save();
  }

  /** The page goes away: do now what waits. */
  leave(): void {
    this.left = true;
    const { last } = this;
    if (!last) return;
    if (!seals()) postOnLeaving(inClear(...last));
    else if (this.ready) postOnLeaving(this.ready);
  }

  /** Whether it is held back to be sent or thrown away. */
  get waits(): boolean {
    return this.held !== undefined || this.busy;
  }

  /** The last request of a page that goes away now, if there is something to save. */
  private get last(): [string, FormData] | undefined {
    const { composer, held } = this;
    if (!held && !(composer.drafts.unsaved && composer.drafts.touched)) return undefined;
    const fields = composer.fields();
    if (held) fields.set("action", held.what);
    return [held?.what === "discard" ? "/compose/discard" : held ? "/compose" : "/compose/draft", fields];
  }

  private async prepare(): Promise<void> {
    const { changes, last } = this;
    if (!last) return;
    try {
      const ready = await sealAhead(...last);
      if (changes === this.changes) this.ready = ready;
    } catch (error) {
      // Without a key nothing can be sealed; leaving the page then asks first.
      console.warn(error);
    }
  }

  private get size(): number {
    let size = 2000;
    for (const [name, value] of this.composer.fields()) size += 200 + 3 * (name.length + String(value).length);
    return size;
  }

  private addressed(): boolean {
    const { composer } = this;
    const wrong = composer.people.filter((people) => people.explain());
    const nobody = !composer.people.some(({ recipients }) => recipients.length);
    if (nobody) composer.refuse("to", say("names nobody: write at least one address"));
    const first = nobody ? composer.people[0] : wrong[0];
    first?.input.focus();
    return !first;
  }

  /** Ask about what seems forgotten. */
  private async complete(): Promise<boolean> {
    const { composer } = this;
    if (!composer.value("subject").trim()) {
      const sure = await ask(say("Send without a subject?"), say("The message has no subject."), say("Send anyway"), say("Continue writing"));
      if (!sure) {
        find("[name=subject]", composer.form)?.focus();
        return false;
      }
    }
    const text = `${composer.value("subject")}\n${ownText(composer.writing.text, this.resumed ? "" : this.first)}`;
    if (composer.files.count === 0 && mentionsAttachment(text)) {
      const question = say("You write of an attachment, but there is none.");
      return ask(say("Send without an attachment?"), question, say("Send anyway"), say("Continue writing"));
    }
    return true;
  }

  private hold(what: "send" | "discard", seconds: number, text: string): void {
    const { composer } = this;
    composer.home.show(false);
    // What is held back is kept as well: a browser that dies now loses nothing.
    if (what === "send") void composer.drafts.save();
    const told = toast(text, () => this.takeBack(), "done", seconds * 1000);
    const timer = window.setTimeout(() => void (what === "send" ? this.deliver() : this.throwAway()), seconds * 1000);
    this.held = { what, timer, told };
    this.changed();
  }

  private takeBack(): void {
    if (!this.held) return;
    window.clearTimeout(this.held.timer);
    this.held = undefined;
    this.changed();
    this.composer.home.show(true);
    this.composer.focus();
  }

  private async deliver(): Promise<boolean> {
    const { composer } = this;
    this.release();
    this.busy = true;
    const waiting = toast(composer.files.busy ? say("Waiting for the files …") : say("Sending …"), undefined, "done", 600_000);
    composer.home.show(false);
    try {
      await composer.files.done();
      await composer.drafts.rest();
      const fields = composer.fields();
      fields.set("action", "send");
      const { text, refused } = await post<Sent>("/compose", fields);
      composer.drafts.touched = true;
      composer.end();
      toast(text, undefined, refused.length ? "problem" : "done");
      channel()?.postMessage({ kind: "changed" });
      return true;
    } catch (error) {
      composer.home.show(true);
      composer.explain(error as Error);
      toast(say("The message was not sent."), undefined, "problem");
      return false;
    } finally {
      this.busy = false;
      waiting();
    }
  }

  private async throwAway(): Promise<boolean> {
    const { composer } = this;
    this.release();
    this.busy = true;
    try {
      await composer.drafts.rest();
      // Even where no draft is known of here: one may have been kept whose answer was lost.
      await post("/compose/discard", composer.fields());
      composer.end();
      return true;
    } catch (error) {
      composer.home.show(true);
      composer.explain(error as Error);
      return false;
    } finally {
      this.busy = false;
    }
  }

  private release(): void {
    if (!this.held) return;
    window.clearTimeout(this.held.timer);
    this.held.told();
    this.held = undefined;
  }
}
