// Recipients as chips: typed, pasted, walked through with arrows, taken out, changed again.

import { announce, find, icon, make } from "../../../core/assets/dom";
import { say } from "../../../core/assets/words";
import { isAddress, read, split, write, type Recipient } from "./recipients";

/** One of the fields To, Cc and Bcc. The form's own input stays in it, hidden, and keeps the value. */
export class People {
  readonly name: string;
  readonly input: HTMLInputElement;
  private readonly kept: HTMLInputElement;
  private readonly label: string;
  private readonly list: HTMLUListElement;
  private readonly chips: { recipient: Recipient; element: HTMLElement }[] = [];

  constructor(
    readonly field: HTMLElement,
    private readonly changed: () => void,
  ) {
    this.name = field.dataset["recipients"] ?? "";
    this.kept = find<HTMLInputElement>(`[name="${this.name}"]`, field) as HTMLInputElement;
    this.label = find("label", field)?.textContent?.trim() ?? "";
    this.input = this.kept.cloneNode() as HTMLInputElement;
    this.input.removeAttribute("name");
    this.input.value = "";
    this.input.setAttribute("inputmode", "email");
    const error = find(`[data-error="${this.name}"]`, field)?.id;
    if (error) this.input.setAttribute("aria-describedby", error);
    this.list = make("ul", { class: "recipients-list", role: "list", "aria-label": this.label });
    const people = make("div", { class: "people" }, this.list, this.input);
    this.kept.after(people);
    this.kept.removeAttribute("id");
    this.kept.type = "hidden";
    people.addEventListener("click", (event) => event.target === people && this.input.focus());
    this.list.addEventListener("keydown", (event) => this.onChipKey(event));
    this.input.addEventListener("keydown", (event) => this.onKey(event));
    this.input.addEventListener("input", () => this.onInput());
    this.input.addEventListener("paste", (event) => this.onPaste(event));
    this.input.addEventListener("blur", () => this.finish());
    for (const recipient of read(this.kept.value)) this.push(recipient);
    // By then the form stands in its page or panel.
    setTimeout(() => this.tell());
  }

  /** Everyone in the field, with those who are still being typed. */
  get recipients(): Recipient[] {
    return [...this.chips.map(({ recipient }) => recipient), ...read(this.input.value)];
  }

  /** Show the field, if it was left out for being empty. */
  reveal(): void {
    delete this.field.dataset["empty"];
    this.input.focus();
  }

  /** Make chips of all that was typed. */
  finish(): void {
    if (!this.input.value.trim()) return;
    const typed = read(this.input.value);
    this.input.value = "";
    this.addAll(typed);
  }

  private addAll(recipients: Recipient[]): void {
    const known = new Set(this.chips.map(({ recipient }) => recipient.address.toLowerCase()));
    for (const recipient of recipients) {
      if (known.has(recipient.address.toLowerCase())) continue;
      known.add(recipient.address.toLowerCase());
      this.push(recipient);
      const who = recipient.name || recipient.address;
      announce(recipient.reason || say("{who} added", { who }));
    }
    this.keep();
  }

  private push(recipient: Recipient): void {
    const shown = recipient.name || recipient.address || recipient.text;
    const full = recipient.reason || recipient.text;
    const label = make("button", { type: "button", class: "recipient-name", dir: "auto", tabindex: "-1", title: full, "aria-label": full }, shown);
    const out = make("button", { type: "button", class: "recipient-out", tabindex: "-1", "aria-label": say("Remove {who}", { who: shown }) }, icon("close"));
    const element = make("li", { class: "recipient", "data-wrong": Boolean(recipient.reason) }, label, out);
    label.addEventListener("dblclick", () => this.change(element));
    out.addEventListener("click", () => {
      this.remove(element);
      this.input.focus();
    });
    this.chips.push({ recipient, element });
    this.list.append(element);
  }

  private remove(element: HTMLElement): Recipient | undefined {
    const index = this.chips.findIndex((chip) => chip.element === element);
    const [taken] = index < 0 ? [] : this.chips.splice(index, 1);
    element.remove();
    this.keep();
    if (taken) announce(say("{who} removed", { who: taken.recipient.name || taken.recipient.address }));
    return taken?.recipient;
  }

  /** Type a recipient anew. */
  private change(element: HTMLElement): void {
    this.finish();
    this.input.value = this.remove(element)?.text ?? "";
    this.input.focus();
    this.keep();
  }

  private keep(): void {
    this.kept.value = write(this.recipients);
    this.input.removeAttribute("aria-invalid");
    this.explain();
    this.changed();
    this.tell();
  }

  /** Let other modules know that there are other recipients. */
  private tell(): void {
    this.field.dispatchEvent(new CustomEvent("recipients", { bubbles: true }));
  }

  /** Say what is wrong with which chip; true when something is. */
  explain(): boolean {
    const wrong = this.chips.map(({ recipient }) => recipient.reason).filter(Boolean);
    const place = find(`[data-error="${this.name}"]`, this.field);
    if (place) place.textContent = wrong.length ? `${wrong.join("; ")}.` : "";
    if (wrong.length) this.input.setAttribute("aria-invalid", "true");
    return wrong.length > 0;
  }

  private onInput(): void {
    const text = this.input.value;
    const { done, rest } = split(text);
    if (done.length) {
      this.input.value = rest.trimStart();
      this.addAll(done.flatMap((piece) => read(piece)));
    } else if (/\s$/.test(text) && isAddress(text.trim())) {
      this.finish();
    } else {
      this.keep();
    }
  }

  private onPaste(event: ClipboardEvent): void {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!/[,;\n]/.test(text.trim()) && !read(text).every(({ reason }) => !reason)) return;
    event.preventDefault();
    const { selectionStart: start, selectionEnd: end, value } = this.input;
    this.input.value = "";
    this.addAll(read(`${value.slice(0, start ?? 0)}${text.trim()}${value.slice(end ?? 0)}`));
  }

  private onKey(event: KeyboardEvent): void {
    if (event.isComposing) return;
    const atStart = this.input.selectionStart === 0 && this.input.selectionEnd === 0;
    const last = this.chips.at(-1)?.element;
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      this.finish();
    } else if (atStart && last && (event.key === "Backspace" || event.key === backward())) {
      event.preventDefault();
      focusOn(last);
    }
  }

  private onChipKey(event: KeyboardEvent): void {
    const element = (event.target as Element).closest<HTMLElement>(".recipient");
    if (!element) return;
    const [before, after] = [element.previousElementSibling, element.nextElementSibling];
    if (event.key === "Backspace" || event.key === "Delete") {
      this.remove(element);
      focusOn((event.key === "Backspace" ? (before ?? after) : (after ?? before)) ?? this.input);
    } else if (event.key === backward()) {
      focusOn(before ?? element);
    } else if (event.key === forward()) {
      focusOn(after ?? this.input);
    } else if (event.key === "Home") {
      focusOn(this.chips[0]?.element ?? this.input);
    } else if (event.key === "End") {
      focusOn(this.input);
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      this.change(element);
    } else {
      return;
    }
    event.preventDefault();
  }
}

function focusOn(element: Element): void {
  (element.querySelector<HTMLElement>(".recipient-name") ?? (element as HTMLElement)).focus();
}

function backward(): string {
  return document.documentElement.dir === "rtl" ? "ArrowRight" : "ArrowLeft";
}

function forward(): string {
  return document.documentElement.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
}
