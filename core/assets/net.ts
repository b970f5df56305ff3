// Ask the server for fragments and data, and tell refusals, lost connections and ended sessions apart.

import { find } from "./dom";
import { elementsOf } from "./trusted";
import { say } from "./words";

/** One field that was refused, and why. */
export interface FieldError {
  field: string;
  reason: string;
}

/** The server said no; the message is a sentence for people. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly fields: FieldError[] = [],
  ) {
    super(message);
  }
}

/** The server could not be reached. */
export class Unreachable extends Error {}

/** How a request differs from the usual one: made by a timer, to be given up, told of as it goes. */
export interface Options {
  background?: boolean;
  signal?: AbortSignal;
  /** An ended session is an error as others are: nobody is asked to log in. */
  unasked?: boolean;
  /** Called with the part that is sent, from 0 to 1. */
  progress?: (part: number) => void;
}

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
  const url = new URL(address, location.href);
  url.searchParams.set("part", part);
  const response = await ask(url.pathname + url.search, { headers: { Accept: "text/html" } }, options);
  return elementsOf(await response.text());
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

/** Submit a small form while the page goes away; nobody hears the answer. */
export function postOnLeaving(address: string, fields: FormData): void {
  const headers = { Accept: "application/json", "X-CSRFToken": token() };
  fetch(address, { method: "POST", body: fields, headers, credentials: "same-origin", keepalive: true }).catch(() => undefined);
}

/** The token that every form carries. */
export function token(): string {
  return find<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
}

async function ask(address: string, init: RequestInit, options: Options, tried = 0): Promise<Response> {
  const response = await send(address, init, options);
  if (isLoginPage(response)) {
    if (options.background || options.unasked || !(await session.ended())) throw new Refused(401, say("You are no longer logged in."));
    await renewToken();
    return ask(address, init, options, tried + 1);
  }
  if (response.ok) return response;
  if (response.status === 400 && init.method === "POST" && tried === 0) {
    await renewToken();
    return ask(address, init, options, tried + 1);
  }
  throw await refusal(response);
}

async function send(address: string, init: RequestInit, options: Options): Promise<Response> {
  const headers = new Headers(init.headers);
  if (init.method === "POST") headers.set("X-CSRFToken", token());
  if (options.background) headers.set("X-Hm3-Background", "1");
  else window.dispatchEvent(new Event("hm3:active"));
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
      const type = request.getResponseHeader("Content-Type") ?? "";
      resolve(new Response(request.responseText, { status: request.status, headers: { "Content-Type": type } }));
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
  const response = await fetch("/login", { headers: { Accept: "text/html" }, credentials: "same-origin" });
  const page = elementsOf(await response.text());
  const fresh = find<HTMLMetaElement>('meta[name="csrf-token"]', page);
  const user = find(".account-name", page)?.title;
  // What one person wrote must not go out in another's name.
  if (user && document.body.dataset["user"] && user !== document.body.dataset["user"]) {
    throw new Refused(401, say("{user} is logged in now. Log in as {before} to go on here.", { user, before: document.body.dataset["user"] }));
  }
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
