// Asks whether the servers of recipients require encrypted delivery, and says so below them.

import { find, icon, make } from "../../../core/assets/dom";
import { getJson } from "../../../core/assets/net";

interface Delivery {
  domain: string;
  text: string;
  required: boolean;
}

const PATIENCE = 400;
const known = new Map<string, Delivery | undefined>();
const waiting = new WeakMap<HTMLFormElement, number>();

document.addEventListener("recipients", (event) => {
  const form = (event.target as Element).closest<HTMLFormElement>("form.compose");
  if (!form || !find("[data-delivery]", form)) return;
  window.clearTimeout(waiting.get(form));
  waiting.set(form, window.setTimeout(() => void tell(form), PATIENCE));
});

async function tell(form: HTMLFormElement): Promise<void> {
  const unknown = domains(form).filter((domain) => !known.has(domain));
  if (unknown.length) {
    // The address line of a request is written into logs: it names domains, and nobody's address.
    const to = unknown.map((domain) => `postmaster@${domain}`).join(", ");
    try {
      const { found } = await getJson<{ found: Delivery[] }>(`/compose/delivery?${new URLSearchParams({ to })}`, { background: true, unasked: true });
      // What nobody said in time is not asked for again by each letter that is typed.
      unknown.forEach((domain, place) => known.set(domain, found.find((one) => one.domain === domain) ?? (found.length === unknown.length ? found[place] : undefined)));
    } catch {
      return;
    }
  }
  const list = find("[data-delivery] ul", form);
  const required = domains(form).flatMap((domain) => known.get(domain) ?? []).filter((one) => one.required);
  list?.replaceChildren(...required.map(({ text }) => make("li", {}, icon("security"), make("span", {}, text))));
}

/** The domains of all recipients, each once. */
function domains(form: HTMLFormElement): string[] {
  const texts = ["to", "cc", "bcc"].map((name) => (form.elements.namedItem(name) as HTMLInputElement | null)?.value ?? "");
  const found = [...texts.join(",").toLowerCase().matchAll(/@([\p{L}\p{M}\p{N}.-]+\.[\p{L}\p{M}\p{N}-]{2,})(?=[\s,;>]|$)/gu)];
  return [...new Set(found.map((one) => one[1] ?? ""))].slice(0, 20);
}
