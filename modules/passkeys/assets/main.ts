// Passkeys: the way in on the login form, the step after the password, and the pages where they are kept.

import { find, findAll, make as element } from "../../../core/assets/dom";
import { getJson, post, Refused, Unreachable } from "../../../core/assets/net";
import { say } from "../../../core/assets/words";
import { ask, isThere, make, whyNot, type Answered, type KeyRequest, type NewKeyRequest } from "./ceremony";

interface Following {
  location: string;
}

interface Added extends Following {
  id: string;
  request: KeyRequest | null;
}

const LOGIN = "/login/passkey";
const STEP = "/login/security-key";
const UNLOCK = "/security/unlock/passkey";
// A challenge counts for five minutes; one that waits for somebody is renewed before.
const RENEWED = 4 * 60 * 1000;

/** What is sent of an answer. */
function fields(answered: Answered, ...more: [string, string][]): [string, string][] {
  return [["answer", answered.answer], ...(answered.material ? [["material", answered.material] as [string, string]] : []), ...more];
}

/** Do one thing at a time, and say why it failed. */
function guarded(box: HTMLElement, act: () => Promise<void>): () => void {
  const status = find("[data-status]", box);
  return () => {
    const buttons = findAll<HTMLButtonElement>("button", box);
    if (status) status.textContent = "";
    buttons.forEach((button) => (button.disabled = true));
    act()
      .catch((error: unknown) => {
        if (status) status.textContent = sentence(error);
        if (!(error instanceof Refused || error instanceof Unreachable)) throw error;
      })
      .finally(() => buttons.forEach((button) => (button.disabled = false)));
  };
}

function sentence(error: unknown): string {
  if (!(error instanceof Refused || error instanceof Unreachable)) return say("Something went wrong.");
  if (!(error instanceof Refused) || !error.fields.length) return error.message;
  return error.fields.map(({ field, reason }) => `${nameOf(field)} ${reason}.`).join(" ");
}

function nameOf(field: string): string {
  if (field === "password") return say("The password");
  return field === "name" ? say("The name") : say("What the passkey said");
}

/** The login form: a button, and where the browser can, passkeys among the names that it suggests. */
function offerLogin(box: HTMLElement): void {
  const form = box.closest("form");
  if (whyNot(box.dataset["domain"] ?? "") || !form) return;
  let waiting = new AbortController();

  async function enter(answered: Answered): Promise<void> {
    const next = find<HTMLInputElement>("[name=next]", form!)?.value ?? "";
    const sent = fields(answered, ["username", answered.id], ["next", next]);
    location.assign((await post<Following>(LOGIN, sent, { unasked: true })).location);
  }

  async function wait(): Promise<void> {
    waiting = new AbortController();
    const mine = waiting;
    const renewal = setTimeout(() => mine.abort(), RENEWED);
    try {
      await enter(await ask(await getJson<KeyRequest>(LOGIN, { unasked: true, background: true }), mine.signal));
    } finally {
      clearTimeout(renewal);
    }
  }

  const status = find("[data-status]", box);
  function keepWaiting(): void {
    wait().catch((error: unknown) => {
      if ((error as Error).name === "AbortError") {
        if (waiting.signal.aborted && !chosen) keepWaiting();
      } else if (status) status.textContent = sentence(error);
    });
  }

  let chosen = false;
  const choose = guarded(box, async () => {
    chosen = true;
    waiting.abort();
    await enter(await ask(await getJson<KeyRequest>(LOGIN, { unasked: true })));
  });
  find("button", box)?.addEventListener("click", choose);
  form.append(box);
  box.hidden = false;
  void PublicKeyCredential.isConditionalMediationAvailable?.().then((can) => {
    if (!can) return;
    find("[name=username]", form)?.setAttribute("autocomplete", "username webauthn");
    keepWaiting();
  });
}

function offerStep(box: HTMLElement): void {
  const button = find<HTMLButtonElement>("[data-start]", box);
  const why = whyNot(box.dataset["domain"] ?? "");
  const status = find("[data-status]", box);
  if (why && status) status.textContent = why;
  if (why || !button) return;
  button.hidden = false;
  button.focus();
  const use = guarded(box, async () => {
    const answered = await ask(await getJson<KeyRequest>(STEP, { unasked: true }));
    location.assign((await post<Following>(STEP, fields(answered), { unasked: true })).location);
  });
  button.addEventListener("click", use);
}

/** The form for another passkey: the server says what to make, the browser makes it, the server keeps it. */
function offerNew(form: HTMLFormElement): void {
  if (tellWhyNot(form)) return;
  const add = guarded(form, async () => {
    const typed = new FormData(form);
    const [name, use] = [String(typed.get("name") ?? ""), String(typed.get("use") ?? "")];
    const wanted = await post<NewKeyRequest>("/security/passkeys/begin", typed);
    const made = await make(wanted);
    const added = await post<Added>("/security/passkeys", fields(made, ["name", name], ["use", use]));
    // Most passkeys give their secret only when they are asked again. One that gives none stays a second factor.
    if (added.request) await seal(added.location, added.request).catch(() => undefined);
    location.assign(added.location);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    add();
  });
}

function offerSeal(box: HTMLElement): void {
  if (tellWhyNot(box)) return;
  const address = box.dataset["address"] ?? "";
  const renew = guarded(box, async () => {
    location.assign((await seal(address, await getJson<KeyRequest>(address))).location);
  });
  find("button", box)?.addEventListener("click", renew);
}

async function seal(address: string, request: KeyRequest): Promise<Following> {
  return post<Following>(`${address}/login`, fields(await ask(request)));
}

function offerUnlock(box: HTMLElement): void {
  if (tellWhyNot(box)) return;
  const open = guarded(box, async () => {
    const answered = await ask(await getJson<KeyRequest>(UNLOCK));
    location.assign((await post<Following>(UNLOCK, fields(answered))).location);
  });
  find("button", box)?.addEventListener("click", open);
}

/** Show what needs passkeys, or why there is nothing to show. */
function tellWhyNot(box: HTMLElement): boolean {
  const domain = box.dataset["domain"] ?? "";
  const why = whyNot(domain);
  const banner = find("[data-passkeys-missing]");
  const words = banner ? find("span", banner) : null;
  if (why && banner && words) {
    words.replaceChildren(why, ...(isThere(domain) ? [] : [" ", linkThere(domain)]));
    banner.hidden = false;
  }
  box.hidden = why !== "";
  return why !== "";
}

/** This page at the domain where passkeys work. */
function linkThere(domain: string): HTMLElement {
  const there = new URL(location.href);
  there.hostname = domain;
  return element("a", { href: there.href }, say("Open this page there"));
}

for (const box of findAll("[data-passkey-login]")) offerLogin(box);
for (const box of findAll("[data-passkey-step]")) offerStep(box);
for (const form of findAll<HTMLFormElement>("[data-passkeys-add]")) offerNew(form);
for (const box of findAll("[data-passkey-seal]")) offerSeal(box);
for (const box of findAll("[data-passkey-unlock]")) offerUnlock(box);
