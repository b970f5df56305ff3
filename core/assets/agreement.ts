// The key that this session's pages share with the server: how they agree on it, where it is kept, when it is made anew.

import { Refused } from "./failures";
import { counted, fromBase64, joined, toBase64, utf8, type Octets } from "./octets";
import { clear, empty, read, write } from "./strongbox";
import { find } from "./dom";
import { say } from "./words";

/** What the server's HMAC and the client key are made for. */
const CLIENT_KEY = utf8("hm3.ajax.v1");

/** The client key, as keys that encrypt and decrypt and cannot be read out. */
export interface ClientKey {
  name: "current";
  id: string;
  session: string;
  ask: CryptoKey;
  answer: CryptoKey;
  kept: CryptoKey;
}

/** What the server answers to an offer, in Base64. */
export interface Agreed {
  key: string;
  public: string;
  salt: string;
  proof: string;
}

interface Told {
  encrypt: boolean;
  cache: boolean;
  session: string;
  binding: string;
}

interface Pair {
  group: "X25519" | "P-256";
  private: CryptoKey;
  public: Octets;
}

let offer: (fields: URLSearchParams) => Promise<Agreed>;
let current: Promise<ClientKey> | undefined;

/** Say how an offer is sent to the server. */
export function offerBy(sending: typeof offer): void {
  offer = sending;
}

/** What this page was told of encryption; nothing where it is off or the browser has none. */
export function told(): Told | undefined {
  const meta = find<HTMLMetaElement>('meta[name="ajax"]');
  if (!meta || !crypto.subtle) return undefined;
  const wants = meta.content.split(" ");
  const { session = "", binding = "" } = meta.dataset;
  return { encrypt: wants.includes("encrypt"), cache: wants.includes("cache"), session, binding };
}

/** The client key of this session: the one that its tabs share, else a new one. */
export async function clientKey(): Promise<ClientKey> {
  current ??= take((shared) => shared.session === told()?.session);
  const mine = current;
  try {
    const key = await mine;
    if (key.session === told()?.session) return key;
  } catch (error) {
    if (current === mine) current = undefined;
    throw error;
  }
  // Somebody logged in anew since.
  if (current === mine) current = undefined;
  return clientKey();
}

/** The server does not know this key any more: take the one that another tab has by now, or make a new one. */
export function renewKey(stale: string): Promise<ClientKey> {
  current = take((shared) => shared.id !== stale && shared.session === told()?.session);
  return clientKey();
}

/** The session is over: neither the key nor anything under it stays. */
export async function forgetKey(): Promise<void> {
  current = undefined;
  await empty();
}

/** The key that tabs share if it is good, else a new one. */
function take(good: (shared: ClientKey) => boolean): Promise<ClientKey> {
  return locked(async () => {
    const shared = await read<ClientKey>("keys", "current");
    return shared && good(shared) ? shared : agreeAnew();
  });
}

async function agreeAnew(): Promise<ClientKey> {
  const { session = "", binding = "" } = told() ?? {};
  const pair = await newPair();
  const agreed = await offer(new URLSearchParams({ group: pair.group, public: toBase64(pair.public) }));
  const [theirs, salt, proof] = [agreed.public, agreed.salt, agreed.proof].map(fromBase64) as [Octets, Octets, Octets];
  const transcript = [CLIENT_KEY, utf8(pair.group), pair.public, theirs, utf8(agreed.key), salt].map(counted);
  const check = await crypto.subtle.importKey("raw", fromBase64(binding), { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
  if (!(await crypto.subtle.verify("HMAC", check, proof, joined(...transcript)))) {
    throw new Refused(409, say("This page and the server could not agree on a key. Please load the page anew."));
  }
  const key: ClientKey = { name: "current", id: agreed.key, session, ...(await keysOf(pair, theirs, salt)) };
  // What was kept under another key can be read by nobody.
  await clear("kept");
  await write("keys", key);
  return key;
}

/** A key pair for one exchange, on the better curve that this browser has. */
async function newPair(): Promise<Pair> {
  try {
    return await pairOf("X25519", { name: "X25519" });
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    return pairOf("P-256", { name: "ECDH", namedCurve: "P-256" });
  }
}

async function pairOf(group: Pair["group"], algorithm: AlgorithmIdentifier | EcKeyGenParams): Promise<Pair> {
  const pair = (await crypto.subtle.generateKey(algorithm, false, ["deriveBits"])) as CryptoKeyPair;
  return { group, private: pair.privateKey, public: new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)) };
}

/** The keys that follow from what both sides share (RFC 5869), for each use one. */
async function keysOf(pair: Pair, theirs: Octets, salt: Octets): Promise<Pick<ClientKey, "ask" | "answer" | "kept">> {
  const algorithm = pair.group === "X25519" ? { name: "X25519" } : { name: "ECDH", namedCurve: "P-256" };
  const other = await crypto.subtle.importKey("raw", theirs, algorithm, false, []);
  const shared = new Uint8Array(await crypto.subtle.deriveBits({ name: algorithm.name, public: other }, pair.private, 256));
  const secret = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveBits"]);
  const client = new Uint8Array(await crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt, info: CLIENT_KEY }, secret, 256));
  const root = await crypto.subtle.importKey("raw", client, "HKDF", false, ["deriveKey"]);
  shared.fill(0);
  client.fill(0);
  const [ask, answer, kept] = await Promise.all([
    derived(root, "hm3.ajax.ask", ["encrypt"]),
    derived(root, "hm3.ajax.answer", ["decrypt"]),
    derived(root, "hm3.cache", ["encrypt", "decrypt"]),
  ]);
  return { ask, answer, kept };
}

function derived(root: CryptoKey, purpose: string, uses: KeyUsage[]): Promise<CryptoKey> {
  const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: utf8(purpose) };
  return crypto.subtle.deriveKey(how, root, { name: "AES-GCM", length: 256 }, false, uses);
}

/** One tab at a time, so that all of them come to the same key. */
function locked<Value>(run: () => Promise<Value>): Promise<Value> {
  return "locks" in navigator ? navigator.locks.request("hm3.ajax", run) : run();
}
