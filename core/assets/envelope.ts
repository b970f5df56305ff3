// Requests sealed for the server, and answers that only the page which asked can open.

import type { ClientKey } from "./agreement";
import { Refused } from "./failures";
import { counted, fromBase64, joined, numbered, random, toBase64, toHex, uncounted, utf8, type Octets } from "./octets";
import { say } from "./words";

/** How requests and answers tell what they are. */
export const TOLD = "X-Hm3-Ajax";
const QUERY = "X-Hm3-Ajax-Query";
const SEALED_BODY = "application/vnd.hm3.sealed";
const SEALED_ANSWER = "application/vnd.hm3.sealed+json";
const NO_BODY = new Set([204, 205, 304]);

/** A request in the form in which it goes out. */
export interface Sealed {
  address: string;
  init: RequestInit;
  exchange: Exchange;
}

/** An answer once it is open; `location` is where it leads instead of saying something. */
export interface Answer {
  response: Response;
  location?: string;
}

interface Exchange {
  key: ClientKey;
  method: string;
  path: string;
  request: string;
  sequence: number;
}

interface Envelope {
  v: number;
  k: string;
  s: number;
  n: string;
  c: string;
}

let requests = 0;

/** Seal the query and the body of a request. */
export async function seal(key: ClientKey, address: string, init: RequestInit): Promise<Sealed> {
  const url = new URL(address, location.href);
  const method = init.method ?? "GET";
  const exchange = { key, method, path: plainPath(url), request: toHex(random(16)), sequence: (requests += 1) };
  const headers = new Headers(init.headers);
  headers.set(TOLD, `${key.id} ${exchange.request} ${exchange.sequence}`);
  if (url.search) headers.set(QUERY, toBase64(await lock(exchange, "query", utf8(url.search.slice(1)))));
  if (method === "GET") return { address: url.pathname, init: { ...init, headers }, exchange };
  // What the browser would send is taken whole, with the type that it would give it.
  const whole = new Response(init.body ?? "");
  const type = counted(utf8(whole.headers.get("Content-Type") ?? ""));
  const body = await lock(exchange, "body", joined(type, new Uint8Array(await whole.arrayBuffer())));
  headers.set("Content-Type", SEALED_BODY);
  return { address: url.pathname, init: { ...init, headers, body }, exchange };
}

/** Open the answer to a request. Throws Refused where it is not the server's answer to this very request. */
export async function open(exchange: Exchange, response: Response): Promise<Answer> {
  if (response.headers.get("Content-Type") !== SEALED_ANSWER) return { response: unsealed(response) };
  try {
    const { v, k, s, n, c } = (await response.json()) as Envelope;
    if (v !== 1 || k !== exchange.key.id || s !== exchange.sequence) throw new RangeError("another answer");
    const how = { name: "AES-GCM", iv: fromBase64(n), additionalData: bound(exchange, "answer", response.status) };
    const [head, text] = uncounted(new Uint8Array(await crypto.subtle.decrypt(how, exchange.key.answer, fromBase64(c))));
    const meta = JSON.parse(new TextDecoder().decode(head)) as { type: string; location?: string };
    const body = NO_BODY.has(response.status) ? null : text;
    const opened = new Response(body, { status: response.status, headers: { "Content-Type": meta.type } });
    return meta.location === undefined ? { response: opened } : { response: opened, location: meta.location };
  } catch (error) {
    if ((error as Error).name === "AbortError") throw error;
    throw new Refused(0, say("The answer was changed on its way here and is not shown. Please try again."));
  }
}

/** An answer that nobody sealed says nothing that would be shown: only that it failed, or what the page has to do. */
function unsealed(response: Response): Response {
  if (response.status === 401 || response.redirected || response.headers.has(TOLD)) return response;
  if (!response.ok) return new Response("", { status: response.status });
  throw new Refused(0, say("The answer came without its seal and is not shown. Please load the page anew."));
}

async function lock(exchange: Exchange, part: string, plain: Octets): Promise<Octets> {
  const iv = random(12);
  const how = { name: "AES-GCM", iv, additionalData: bound(exchange, part) };
  return joined(iv, new Uint8Array(await crypto.subtle.encrypt(how, exchange.key.ask, plain)));
}

function bound(exchange: Exchange, part: string, status = 0): Octets {
  const words = ["hm3.ajax.v1", part, exchange.method, exchange.path, exchange.request, String(status)];
  return joined(...words.map((word) => counted(utf8(word))), numbered(exchange.sequence));
}

/** The path as servers see it. */
function plainPath(url: URL): string {
  try {
    return decodeURIComponent(url.pathname);
  } catch {
    return url.pathname;
  }
}
