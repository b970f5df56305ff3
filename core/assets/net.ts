// Ask the server for fragments and data, and tell refusals, lost connections and ended sessions apart.

import { clientKey, offerBy, renewKey, told, type Agreed, type ClientKey } from "./agreement";
import { find } from "./dom";
import { open, seal, TOLD, type Answer } from "./envelope";
import { Refused, Unreachable, type FieldError } from "./failures";
import { elementsOf } from "./trusted";
import { say } from "./words";

export { Refused, Unreachable, type FieldError } from "./failures";

/** How a request differs from the usual one: made by a timer, to be given up, told of as it goes. */
export interface Options {
  background?: boolean;
  /** What it does is shown already, so that nobody waits for the answer. */
  shown?: boolean;
  signal?: AbortSignal;
  /** An ended session is an error as others are: nobody is asked to log in. */
  unasked?: boolean;
  /** Called with the part that is sent, from 0 to 1. */
  progress?: (part: number) => void;
}

/** How urgent a request is that nobody waits for, where 3 is usual (RFC 9218). */
const PATIENT = "u=5";
/** How often an answer may lead to another address. */
const MOST_LEADS = 5;

type Fields = FormData | Iterable<readonly [string, string]>;

interface Session {
  ended(): Promise<boolean>;
  reachable(yes: boolean): void;
}

let session: Session = { ended: () => Promise.resolve(false), reachable: () => undefined };

/** Say what to do when the session ended or the server cannot be reached. */
export function watchSession(watching: Session): void {
  session = watching;
}

/** One slot of a page, as elements. */
export async function getPart(address: string, part: string, options: Options = {}): Promise<DocumentFragment> {
  return elementsOf(await getPartText(address, part, options));
}

/** One slot of a page, as the server wrote it. */
export function getPartText(address: string, part: string, options: Options = {}): Promise<string> {
  const url = new URL(address, location.href);
  url.searchParams.set("part", part);
  return getText(url.pathname + url.search, options);
}

/** A page that is no part of another one, as the server wrote it. */
export async function getText(address: string, options: Options = {}): Promise<string> {
  return (await ask(address, { headers: { Accept: "text/html" } }, options)).text();
}

/** The body of a whole page, as elements. */
export async function getBody(address: string): Promise<HTMLElement | null> {
  const response = await ask(address, { headers: { Accept: "text/html" } }, {});
  return find("#main", elementsOf(await response.text()));
}

/** The JSON answer of a page. */
export async function getJson<Answer>(address: string, options: Options = {}): Promise<Answer> {
  const response = await ask(address, { headers: { Accept: "application/json" } }, options);
  return (await response.json()) as Answer;
}

/** Submit a form and give its JSON answer. */
export async function post<Answer>(address: string, fields: Fields, options: Options = {}): Promise<Answer> {
  const body = fields instanceof FormData ? fields : new URLSearchParams([...fields].map((pair) => [...pair]));
  // The header carries the token that holds now; the form's may be one of a session that ended.
  body.delete("csrf_token");
  const response = await ask(address, { method: "POST", body, headers: { Accept: "application/json" } }, options);
  return (await response.json()) as Answer;
}

/** Submit files and tell how far that is. */
export function upload<Answer>(address: string, fields: FormData, progress: (part: number) => void, signal: AbortSignal): Promise<Answer> {
  return post<Answer>(address, fields, { progress, signal });
}

/** A request that is ready to go out while the page goes away. */
export interface Ready {
  address: string;
  init: RequestInit;
}

/** Whether what scripts send is sealed, so that a last request has to be made ready before it is needed. */
export function seals(): boolean {
  return told()?.encrypt ?? false;
}

/** A small form as it is submitted in clear. */
export function inClear(address: string, fields: FormData): Ready {
  fields.delete("csrf_token");
  return { address, init: { method: "POST", body: fields, headers: { Accept: "application/json" } } };
}

/** A small form made ready to be submitted while the page goes away, when there is no time to seal it. */
export async function sealAhead(address: string, fields: FormData): Promise<Ready> {
  return seal(await clientKey(), address, inClear(address, fields).init);
}

/** Submit a form that was made ready while the page goes away; nobody hears the answer. */
export function postOnLeaving(ready: Ready): void {
  const headers = new Headers(ready.init.headers);
  headers.set("X-CSRFToken", token());
  fetch(ready.address, { ...ready.init, headers, credentials: "same-origin", keepalive: true }).catch(() => undefined);
}

/** The token that every form carries. */
export function token(): string {
  return find<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
}

async function ask(address: string, init: RequestInit, options: Options, tried = 0): Promise<Response> {
  const response = await send(address, init, options);
  if (isLoginPage(response)) {
    window.dispatchEvent(new Event("hm3:ended"));
    if (options.background || options.unasked || !(await session.ended())) throw new Refused(401, say("You are no longer logged in."));
    await renewToken();
    return ask(address, init, options, tried + 1);
  }
  if (response.ok) return response;
  // Twice: another request that went out without a session may bring back a cookie that the new token is not of.
  if (response.status === 400 && init.method === "POST" && tried < 2) {
    await renewToken();
    return ask(address, init, options, tried + 1);
  }
  throw await refusal(response);
}

/** Send a request, sealed where this page's are, and give the answer as the server wrote it. */
async function send(address: string, init: RequestInit, options: Options, leads = MOST_LEADS): Promise<Response> {
  if (!seals()) return transmit(address, init, options);
  try {
    const { response, location } = await exchange(address, init, options, await clientKey());
    if (location === undefined) return response;
    if (new URL(location, window.location.href).pathname === "/login") return new Response(null, { status: 401 });
    if (leads === 0) throw new Refused(0, say("Something went wrong."));
    return await send(location, { headers: init.headers ?? {} }, options, leads - 1);
  } catch (error) {
    if (error instanceof NotAgreed) return error.response;
    throw error;
  }
}

async function exchange(address: string, init: RequestInit, options: Options, key: ClientKey, tried = 0): Promise<Answer> {
  const sealed = await seal(key, address, init);
  const response = await transmit(sealed.address, sealed.init, options);
  if (response.headers.get(TOLD) !== "renew" || tried > 0) return open(sealed.exchange, response);
  // The login was renewed, or the server forgot: the page goes on with another key.
  await renewToken();
  return exchange(address, init, options, await renewKey(key.id), tried + 1);
}

async function transmit(address: string, init: RequestInit, options: Options): Promise<Response> {
  const headers = new Headers(init.headers);
  if (init.method === "POST") headers.set("X-CSRFToken", token());
  if (options.background) headers.set("X-Hm3-Background", "1");
  else window.dispatchEvent(new Event("hm3:active"));
  if (options.background || options.shown) headers.set("Priority", PATIENT);
  try {
    const wanted: RequestInit = { ...init, headers, credentials: "same-origin", signal: options.signal ?? null };
    const response = await (options.progress ? transfer(address, wanted, options.progress) : fetch(address, wanted));
    session.reachable(true);
    return response;
  } catch (error) {
    if ((error as Error).name === "AbortError") throw error;
    session.reachable(false);
    throw new Unreachable(say("The server cannot be reached. Are you online?"));
  }
}

/** The server answered an offer with something else than its part. */
class NotAgreed extends Error {
  constructor(readonly response: Response) {
    super("no key was agreed on");
  }
}

/** Offer the server a public key. It happens by itself, so that it keeps no session awake. */
async function offerKey(fields: URLSearchParams, tried = 0): Promise<Agreed> {
  const init = { method: "POST", body: fields, headers: { Accept: "application/json" } };
  const response = await transmit("/ajax/key", init, { background: true });
  if (response.status === 400 && tried === 0) {
    await renewToken();
    return offerKey(fields, tried + 1);
  }
  if (!response.ok || isLoginPage(response)) throw new NotAgreed(response);
  return (await response.json()) as Agreed;
}

offerBy(offerKey);

/** As fetch does it, with progress, which fetch does not tell of. */
function transfer(address: string, init: RequestInit, progress: (part: number) => void): Promise<Response> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(init.method ?? "GET", address);
    new Headers(init.headers).forEach((value, name) => request.setRequestHeader(name, value));
    request.upload.addEventListener("progress", (event) => event.lengthComputable && progress(event.loaded / event.total));
    request.addEventListener("error", () => reject(new TypeError(`${address} cannot be reached`)));
    request.addEventListener("abort", () => reject(new DOMException("given up", "AbortError")));
    request.addEventListener("load", () => {
      const headers = new Headers();
      for (const name of ["Content-Type", TOLD]) headers.set(name, request.getResponseHeader(name) ?? "");
      if (!headers.get(TOLD)) headers.delete(TOLD);
      resolve(new Response(request.responseText, { status: request.status, headers }));
    });
    init.signal?.addEventListener("abort", () => request.abort());
    request.send(init.body as XMLHttpRequestBodyInit);
  });
}

function isLoginPage(response: Response): boolean {
  return response.status === 401 || (response.redirected && new URL(response.url).pathname === "/login");
}

/** After a login in another tab forms need that session's token; every whole page carries it. */
async function renewToken(): Promise<void> {
  const headers = { Accept: "text/html", "X-Hm3-Background": "1" };
  const response = await fetch("/login", { headers, credentials: "same-origin" });
  const page = elementsOf(await response.text());
  const fresh = find<HTMLMetaElement>('meta[name="csrf-token"]', page);
  const user = find(".account-name", page)?.title;
  // What one person wrote must not go out in another's name.
  if (user && document.body.dataset["user"] && user !== document.body.dataset["user"]) {
    throw new Refused(401, say("{user} is logged in now. Log in as {before} to go on here.", { user, before: document.body.dataset["user"] }));
  }
  const told = find('meta[name="ajax"]', page);
  if (told) find('meta[name="ajax"]')?.replaceWith(document.importNode(told));
  const known = find<HTMLMetaElement>('meta[name="csrf-token"]');
  if (!fresh || !known) return;
  known.content = fresh.content;
  document.querySelectorAll<HTMLInputElement>('input[name="csrf_token"]').forEach((field) => (field.value = fresh.content));
}

async function refusal(response: Response): Promise<Refused> {
  const text = await response.text();
  if (response.headers.get("Content-Type")?.includes("json")) {
    const { error } = JSON.parse(text) as { error?: { reason?: string; fields?: FieldError[] } };
    return new Refused(response.status, error?.reason ?? say("Something went wrong."), error?.fields ?? []);
  }
  const reason = find("[data-reason]", elementsOf(text))?.textContent;
  return new Refused(response.status, reason ?? say("Something went wrong."));
}
