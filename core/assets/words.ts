// What scripts say, in the language of the page: `words.html` lists every phrase with its translation.

let translations: Map<string, string> | undefined;

/** A phrase in the language of the page; `{name}` is replaced by what is given for it. */
export function say(phrase: string, given: Record<string, string | number> = {}): string {
  translations ??= read();
  const words = translations.get(phrase) ?? phrase;
  return words.replace(/\{(\w+)\}/g, (whole, name: string) => String(given[name] ?? whole));
}

/** A number as people of the page's language write it. */
export function count(number: number): string {
  return number.toLocaleString(document.documentElement.lang || "en");
}

/** The time of day of a moment, in the page's zone and as the server writes it: English has 24 hours here. */
export function clock(moment: string): string {
  const { lang, dataset } = document.documentElement;
  const options: Intl.DateTimeFormatOptions = { timeStyle: "short" };
  if (dataset["zone"]) options.timeZone = dataset["zone"];
  return new Date(moment).toLocaleTimeString(!lang || lang === "en" ? "en-GB" : lang, options);
}

function read(): Map<string, string> {
  const template = document.getElementById("words") as HTMLTemplateElement | null;
  const listed = template ? [...template.content.querySelectorAll<HTMLElement>("[data-say]")] : [];
  return new Map(listed.map((phrase) => [phrase.dataset["say"] ?? "", phrase.textContent ?? ""]));
}
