// Files that go with a message: chosen, dropped or pasted, uploaded with their progress, taken out again.

import { announce, find, findAll, icon, make } from "../../../core/assets/dom";
import { post, upload } from "../../../core/assets/net";
import { say } from "../../../core/assets/words";

/** A file as the form sends it: the field and its value keep it. */
export interface Attached {
  field: string;
  value: string;
  name: string;
  size: number;
  note?: string;
}

interface Kept {
  files: { id: string; name: string; size: number; note: string }[];
}

/** The files of one form. */
export class Files {
  private readonly list: HTMLElement;
  private queue: Promise<void> = Promise.resolve();
  private waiting = 0;

  constructor(
    private readonly form: HTMLFormElement,
    private readonly changed: () => void,
  ) {
    this.list = find(".compose-files", form) as HTMLElement;
    for (const item of findAll(".file", this.list)) {
      const { field = "", value = "", name = "", size = "0", note = "" } = item.dataset;
      item.replaceWith(this.item({ field, value, name, size: Number(size), note }));
    }
    this.takeChosen();
    this.takeDropped();
  }

  /** How many files there are, with those on their way. */
  get count(): number {
    return findAll(".file:not([data-refused])", this.list).length;
  }

  /** Whether files are on their way. */
  get busy(): boolean {
    return this.waiting > 0;
  }

  /** Waits for all files that are on their way. */
  done(): Promise<void> {
    return this.queue;
  }

  /** Upload files, one after the other. Those that are too large are refused at once, by name. */
  add(files: Iterable<File>): void {
    for (const file of files) {
      const reason = this.whyNot(file);
      if (reason) {
        this.refuse(file.name, reason);
        continue;
      }
      const bar = make("progress", { max: "1", value: "0", "aria-label": say("Uploading {name}", { name: file.name }) });
      const stop = new AbortController();
      const item = this.shell(file.name, file.size, () => stop.abort());
      item.dataset["size"] = String(file.size);
      item.append(bar);
      this.list.append(item);
      this.waiting += 1;
      this.queue = this.queue.then(() => this.send(file, item, bar, stop.signal)).finally(() => (this.waiting -= 1));
    }
  }

  /** What a saved draft's files are called now, for those that were sent with it and are still here. */
  rename(sent: FormData, now: Attached[]): void {
    const before = [...new Set(sent.getAll("keep").map((value) => `keep ${value}`)), ...new Set(sent.getAll("upload").map((value) => `upload ${value}`))];
    const items = new Map(findAll(".file[data-field]", this.list).map((item) => [`${item.dataset["field"]} ${item.dataset["value"]}`, item]));
    if (before.length !== now.length) return;
    before.forEach((known, position) => {
      const item = items.get(known);
      const attached = now[position];
      if (item && attached) this.fill(item, attached);
    });
  }

  private whyNot(file: File): string {
    const { largest = "0", largestMessage = "0", most = "0" } = this.form.dataset;
    const together = findAll(".file:not([data-refused])", this.list).reduce((sum, item) => sum + Number(item.dataset["size"] ?? 0), file.size);
    if (Number(largest) && file.size > Number(largest)) return say("It is larger than {size}.", { size: megabytes(Number(largest)) });
    if (Number(most) && this.count >= Number(most)) return say("A message takes {number} files.", { number: most });
    if (Number(largestMessage) && together > Number(largestMessage)) return say("With it the files are larger than {size} together.", { size: megabytes(Number(largestMessage)) });
    return "";
  }

  private async send(file: File, item: HTMLElement, bar: HTMLProgressElement, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const fields = new FormData();
    fields.append("token", this.form.dataset["token"] ?? "");
    fields.append("files", file, file.name);
    try {
      const { files } = await upload<Kept>("/compose/attachments", fields, (part) => (bar.value = part), signal);
      const [kept] = files;
      if (!kept) throw new Error(say("The server did not take it."));
      bar.remove();
      item.replaceWith(this.item({ field: "upload", value: kept.id, name: kept.name, size: kept.size, note: kept.note }));
      announce([say("{name} attached", { name: kept.name }), kept.note].filter(Boolean).join(" – "));
      this.changed();
    } catch (error) {
      item.remove();
      if ((error as Error).name !== "AbortError") this.refuse(file.name, (error as Error).message, file);
    }
  }

  private item(attached: Attached): HTMLElement {
    const item = this.shell(attached.name, attached.size, () => {
      const { field, value } = item.dataset;
      if (field === "upload") post(`/compose/attachments/${value}/remove`, [], { unasked: true }).catch(() => undefined);
      announce(say("{name} removed", { name: attached.name }));
      this.changed();
    });
    if (attached.note) item.append(make("span", { class: "file-note" }, attached.note));
    this.fill(item, attached);
    return item;
  }

  private fill(item: HTMLElement, attached: Attached): void {
    Object.assign(item.dataset, { field: attached.field, value: attached.value, size: String(attached.size) });
    find("input", item)?.remove();
    item.append(make("input", { type: "hidden", name: attached.field, value: attached.value }));
  }

  private shell(name: string, size: number, out: () => void): HTMLElement {
    const told = make("span", { class: "file-name", title: name }, make("bdi", {}, name));
    const button = make("button", { type: "button", class: "tool", "aria-label": say("Remove {who}", { who: name }), title: say("Remove") }, icon("close"));
    const item = make("li", { class: "file" }, icon("attach"), told, make("span", { class: "file-size" }, megabytes(size)), button);
    button.addEventListener("click", () => {
      const next = (item.nextElementSibling ?? item.previousElementSibling)?.querySelector<HTMLElement>("button");
      item.remove();
      out();
      (next ?? find('[name="files"]', this.form))?.focus();
    });
    return item;
  }

  private refuse(name: string, reason: string, again?: File): void {
    const told = make("span", { class: "file-reason", role: "alert" }, make("bdi", {}, name), ` – ${reason}`);
    const item = make("li", { class: "file", "data-refused": true }, icon("problem"), told);
    if (again) {
      const retry = make("button", { type: "button", class: "link-button" }, say("Try again"));
      retry.addEventListener("click", () => {
        item.remove();
        this.add([again]);
      });
      item.append(retry);
    }
    const close = make("button", { type: "button", class: "tool", "aria-label": say("Close") }, icon("close"));
    close.addEventListener("click", () => item.remove());
    item.append(close);
    this.list.append(item);
  }

  private takeChosen(): void {
    const input = find<HTMLInputElement>('input[name="files"]', this.form);
    if (!input) return;
    const label = say("Attach files, up to {size} each", { size: megabytes(Number(this.form.dataset["largest"] ?? 0)) });
    input.closest("label")?.setAttribute("title", label);
    input.setAttribute("aria-label", label);
    input.addEventListener("change", () => {
      this.add([...(input.files ?? [])]);
      input.value = "";
    });
  }

  private takeDropped(): void {
    const { form } = this;
    const holdsFiles = (event: DragEvent) => Boolean(event.dataTransfer?.types.includes("Files"));
    form.addEventListener("dragover", (event) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      form.dataset["dropping"] = "";
    });
    form.addEventListener("dragleave", (event) => {
      if (!form.contains(event.relatedTarget as Node | null)) delete form.dataset["dropping"];
    });
    form.addEventListener("drop", (event) => {
      delete form.dataset["dropping"];
      if (event.defaultPrevented || !holdsFiles(event)) return;
      event.preventDefault();
      this.add([...(event.dataTransfer?.files ?? [])]);
    });
    form.addEventListener("paste", (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      // Office programs put a picture of the text beside the text.
      if (event.defaultPrevented || !files.length || event.clipboardData?.types.includes("text/plain")) return;
      event.preventDefault();
      this.add(files);
    });
  }
}

/** A size as the server writes it. */
export function megabytes(octets: number): string {
  const units = ["B", "kB", "MB", "GB"];
  let [size, unit] = [octets, 0];
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  const digits = size < 10 && unit ? 1 : 0;
  return `${size.toLocaleString(document.documentElement.lang || "en", { maximumFractionDigits: digits })} ${units[unit]}`;
}
