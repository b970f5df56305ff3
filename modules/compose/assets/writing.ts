// The text of a message: plain in its field, or rich in an editor that is loaded when somebody wants it.

import { ask } from "../../../core/assets/dialogs";
import { find } from "../../../core/assets/dom";
import { toast } from "../../../core/assets/toast";
import { loadScript } from "../../../core/assets/trusted";
import { say } from "../../../core/assets/words";
import type { Editor, EditorModule } from "./editor";

declare const HM3_LAZY: { editor?: { path: string; integrity: string } };

/** The text of one form. */
export class Writing {
  private readonly plain: HTMLTextAreaElement;
  private readonly html: HTMLTextAreaElement;
  private readonly format: HTMLInputElement;
  private readonly draft: HTMLInputElement;
  private readonly bar: HTMLElement | null;
  private readonly switch: HTMLElement | null;
  private editor: Editor | undefined;
  private switching = false;

  constructor(
    form: HTMLFormElement,
    private readonly changed: () => void,
    private readonly attach: (file: File) => void,
  ) {
    this.plain = find<HTMLTextAreaElement>('[name="body"]', form) as HTMLTextAreaElement;
    this.html = find<HTMLTextAreaElement>('[name="html"]', form) as HTMLTextAreaElement;
    this.format = find<HTMLInputElement>('[name="format"]', form) as HTMLInputElement;
    this.draft = find<HTMLInputElement>('[name="draft"]', form) as HTMLInputElement;
    this.bar = find(".compose-format", form);
    this.switch = find('[data-compose-do="format"]', form);
    this.plain.setSelectionRange(0, 0);
    if (!HM3_LAZY.editor && this.switch) this.switch.hidden = true;
    if (form.dataset["format"] === "rich") this.toRich(this.html.value).catch((error) => this.explain(error as Error));
  }

  /** What a reader without formatting sees. */
  get text(): string {
    return this.editor ? this.editor.text() : this.plain.value;
  }

  /** Put the cursor at the beginning of the text. */
  focus(): void {
    if (this.editor) this.editor.focus();
    else this.plain.focus();
  }

  /** Bring the form's fields up to date. */
  fill(): void {
    this.format.value = this.editor ? "rich" : "plain";
    if (!this.editor) return;
    this.html.value = this.editor.html();
    this.plain.value = this.editor.text();
  }

  /** Change between plain and rich text. */
  async toggle(): Promise<void> {
    if (this.switching) return;
    this.switching = true;
    try {
      if (this.editor) await this.toPlain();
      else await this.toRich("");
      this.changed();
      this.focus();
    } catch (error) {
      this.explain(error as Error);
    } finally {
      this.switching = false;
    }
  }

  /** Let go of the editor. */
  end(): void {
    this.editor?.end();
    this.editor = undefined;
  }

  private async toRich(html: string): Promise<void> {
    if (!HM3_LAZY.editor) return;
    const { createEditor, fromText } = await loadScript<EditorModule>(HM3_LAZY.editor);
    this.editor = createEditor(this.plain, this.bar, html || fromText(this.plain.value), say("Message"), this.changed, this.attach);
    if (html && this.draft.value) void this.editor.takePictures();
    this.shown(true);
  }

  private async toPlain(): Promise<void> {
    if (!this.editor) return;
    if (this.editor.formatted) {
      const question = say("Bold text, links, lists and images become plain text.");
      if (!(await ask(say("Lose the formatting?"), question, say("Make it plain"), say("Keep it")))) return;
    }
    this.fill();
    this.end();
    this.html.value = "";
    this.format.value = "plain";
    this.plain.setSelectionRange(0, 0);
    this.shown(false);
  }

  private shown(rich: boolean): void {
    this.plain.hidden = rich;
    if (this.bar) this.bar.hidden = !rich;
    this.switch?.setAttribute("aria-pressed", String(rich));
  }

  private explain(error: Error): void {
    console.warn(error);
    toast(say("Rich text could not be loaded. You can go on in plain text."), undefined, "problem");
  }
}
