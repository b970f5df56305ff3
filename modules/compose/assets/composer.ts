// One compose form with scripts: its fields, files and text brought to life, its draft kept, its errors shown in place.

import { find, findAll, icon, make } from "../../../core/assets/dom";
import { Refused } from "../../../core/assets/net";
import { run } from "../../../core/assets/commands";
import { say } from "../../../core/assets/words";
import { Drafts, statusOf } from "./drafts";
import { Files } from "./files";
import { People } from "./people";
import { Outgoing } from "./sending";
import { Writing } from "./writing";

/** Where a form stands: in a panel, or on a page of its own. */
export interface Home {
  /** Put the form out of sight, or back into it. */
  show(yes: boolean): void;
  /** The form is done with. */
  leave(): void;
  titled(title: string): void;
}

const composers = new Set<Composer>();

/** Every form that is being written in. */
export function all(): Composer[] {
  return [...composers];
}

/** One message that is being written. */
export class Composer {
  readonly people: People[];
  readonly files: Files;
  readonly drafts: Drafts;
  readonly writing: Writing;
  readonly outgoing: Outgoing;
  private readonly untitled: string;
  private readonly drafted = new Set<string>();

  constructor(
    readonly form: HTMLFormElement,
    readonly home: Home,
  ) {
    const changed = () => this.changed();
    this.untitled = find(".compose-title", form)?.textContent ?? "";
    this.drafts = new Drafts(this, statusOf(form));
    this.people = findAll(".recipients", form).map((field) => new People(field, changed));
    this.files = new Files(form, changed);
    this.writing = new Writing(form, changed, (file) => this.files.add([file]));
    this.outgoing = new Outgoing(this);
    form.addEventListener("input", (event) => this.onInput(event));
    form.addEventListener("change", (event) => (event.target as HTMLInputElement).type !== "file" && changed());
    form.addEventListener("submit", (event) => this.onSubmit(event));
    form.addEventListener("keydown", (event) => this.onKey(event));
    form.addEventListener("click", (event) => this.onClick(event));
    composers.add(this);
  }

  /** Put the cursor where one goes on: whom to write to, else the text. */
  focus(): void {
    const to = this.people.find(({ name }) => name === "to");
    if (to && !to.recipients.length) to.input.focus();
    else this.writing.focus();
  }

  /** A field of the form by its name. */
  value(name: string): string {
    return (this.form.elements.namedItem(name) as HTMLInputElement | null)?.value ?? "";
  }

  /** The form as it would be submitted, without files that were just chosen. */
  fields(): FormData {
    this.writing.fill();
    const fields = new FormData(this.form);
    fields.delete("files");
    return fields;
  }

  /** Whether an address of the compose page asks for this draft, as it is or as it was before it was saved again. */
  isDraft(asked: URLSearchParams): boolean {
    const draft = `${asked.get("uid")} ${asked.get("mailbox")}`;
    return asked.get("mode") === "edit" && (this.drafted.has(draft) || draft === this.draft);
  }

  /** Where this message can be gone on with, or nothing while the server does not have all of it. */
  get address(): string {
    if (this.drafts.unsaved || !this.value("draft") || this.outgoing.waits) return "";
    const [uid, mailbox] = [this.value("draft"), this.value("draft_mailbox")];
    return `/compose?${new URLSearchParams({ mode: "edit", mailbox, uid })}`;
  }

  private get draft(): string {
    return `${this.value("draft")} ${this.value("draft_mailbox")}`;
  }

  /** The draft is kept: what its next version replaces, and what its files are called there. */
  saved(draft: { uid: string; mailbox: string; attachments: Parameters<Files["rename"]>[1] }, sent: FormData): void {
    this.drafted.add(this.draft);
    this.put("draft", draft.uid);
    this.put("draft_mailbox", draft.mailbox);
    this.files.rename(sent, draft.attachments);
    this.outgoing.changed();
  }

  /** The session ended while this was written: say so where it is seen, once. */
  locked(yes: boolean): void {
    const known = find("[data-locked]", this.form);
    if (!yes) known?.remove();
    if (!yes || known) return;
    const text = say("You are no longer logged in. What you wrote stays here: log in in a new tab, then come back.");
    const login = make("a", { class: "button small", href: "/login", target: "_blank", rel: "noopener" }, say("Log in in a new tab"));
    const again = make("button", { type: "button", class: "button small" }, say("Try again"));
    again.addEventListener("click", () => void this.drafts.save());
    this.alert(text, "warn", login, again).dataset["locked"] = "";
  }

  /** Show why the message was refused, at its fields where it names some. */
  explain(error: Error): void {
    this.clearErrors();
    const named = error instanceof Refused ? error.fields : [];
    if (!named.length) this.alert(error.message);
    for (const { field, reason } of named) this.refuse(field, reason);
    const first = find<HTMLElement>('[aria-invalid="true"]', this.form);
    if (first) first.focus();
  }

  /** Mark one field as wrong and say why. */
  refuse(field: string, reason: string): void {
    const place = find(`[data-error="${CSS.escape(field)}"]`, this.form);
    const people = this.people.find(({ name }) => name === field);
    const input = people?.input ?? find(field === "body" ? ".compose-text:not([hidden])" : `[name="${CSS.escape(field)}"]`, this.form);
    if (!place || !input) {
      this.alert(`${field === "sender" ? say("From") : say("The attachments")} ${reason}.`);
      return;
    }
    people?.field.removeAttribute("data-empty");
    const label = place.parentElement?.querySelector("label")?.textContent?.trim() ?? say("The text");
    place.textContent = `${label} ${reason}.`;
    input.setAttribute("aria-invalid", "true");
    if (place.id) input.setAttribute("aria-describedby", place.id);
  }

  /** Take away what was said of errors before. */
  clearErrors(): void {
    for (const place of findAll("[data-error]", this.form)) place.textContent = "";
    for (const field of findAll("[aria-invalid]", this.form)) field.removeAttribute("aria-invalid");
    for (const banner of findAll(".compose-alerts .danger", this.form)) banner.remove();
  }

  /** Close: what was typed is kept as a draft. */
  async close(): Promise<void> {
    for (const people of this.people) people.finish();
    if (this.drafts.touched) {
      this.home.show(false);
      if (!(await this.drafts.save())) {
        this.home.show(true);
        return;
      }
    }
    this.end();
  }

  /** The message is sent, kept or thrown away: nothing is left to do. */
  end(): void {
    composers.delete(this);
    void this.drafts.rest();
    this.writing.end();
    this.home.leave();
    if (this.drafts.touched) run("refresh");
  }

  private alert(text: string, kind = "danger", ...more: Node[]): HTMLElement {
    const banner = make("p", { class: `banner ${kind}`, role: "alert" }, icon("problem"), make("span", {}, text), ...more);
    find(".compose-alerts", this.form)?.append(banner);
    return banner;
  }

  private put(name: string, value: string): void {
    const field = this.form.elements.namedItem(name) as HTMLInputElement | null;
    if (field) field.value = value;
  }

  private changed(): void {
    this.drafts.changed();
    // While the form comes to life there is nothing to be sent yet.
    this.outgoing?.changed();
  }

  private onInput(event: Event): void {
    const { name, type } = event.target as HTMLInputElement;
    if (type === "file" || (event.target as Element).closest(".people")) return;
    if (name === "subject") this.home.titled(this.retitle());
    this.changed();
  }

  private retitle(): string {
    const title = this.value("subject").trim() || this.untitled;
    const place = find(".compose-title", this.form);
    if (place) place.textContent = title;
    this.form.setAttribute("aria-label", title);
    return title;
  }

  private onSubmit(event: SubmitEvent): void {
    event.preventDefault();
    const action = (event.submitter as HTMLButtonElement | null)?.value ?? "send";
    if (action === "discard") void this.outgoing.discard();
    else if (action === "save") this.keep();
    else void this.outgoing.send();
  }

  private keep(): void {
    if (!this.drafts.unsaved) this.changed();
    void this.drafts.save();
  }

  private onKey(event: KeyboardEvent): void {
    if (event.isComposing || event.altKey || event.shiftKey || !(event.ctrlKey || event.metaKey)) return;
    if (event.key === "Enter") void this.outgoing.send();
    else if (event.key.toLowerCase() === "s") this.keep();
    else return;
    event.preventDefault();
  }

  private onClick(event: MouseEvent): void {
    const button = (event.target as Element).closest<HTMLElement>("[data-reveal], [data-compose-do]");
    const wanted = button?.dataset["reveal"];
    if (wanted) {
      this.people.find(({ name }) => name === wanted)?.reveal();
      button.hidden = true;
    } else if (button?.dataset["composeDo"] === "format") {
      void this.writing.toggle();
    }
  }
}
