// What was seen and is kept, encrypted, so that it shows at once when it is opened again. Off unless the site says so.

import { clientKey, told } from "./agreement";
import { counted, joined, random, toHex, utf8, type Octets } from "./octets";
import { clear, read, readAll, remove, write } from "./strongbox";

const MOST = 150;
const MOST_OCTETS = 12_000_000;
const LARGEST = 600_000;

let written = 0;

interface Kept {
  name: string;
  at: number;
  iv: Octets;
  sealed: ArrayBuffer;
}

/** Keep a text under a name. */
export async function keep(what: string, text: string): Promise<void> {
  if (!told()?.cache) return;
  const plain = utf8(text);
  if (plain.length > LARGEST) return;
  const key = await clientKey();
  const name = await nameOf(what);
  const iv = random(12);
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: bound(what) }, key.kept, plain);
  await write("kept", { name, at: Date.now(), iv, sealed } as Kept);
  if ((written += 1) % 10 === 1) await makeRoom();
}

/** The text under a name; nothing where there is none that this session's key opens. */
export async function recall(what: string): Promise<string | undefined> {
  if (!told()?.cache) return undefined;
  const key = await clientKey();
  const name = await nameOf(what);
  const kept = await read<Kept>("kept", name);
  if (!kept) return undefined;
  try {
    const how = { name: "AES-GCM", iv: kept.iv, additionalData: bound(what) };
    return new TextDecoder().decode(await crypto.subtle.decrypt(how, key.kept, kept.sealed));
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    await remove("kept", name);
    return undefined;
  }
}

/** Forget what is kept under a name. */
export async function forget(what: string): Promise<void> {
  if (told()?.cache) await remove("kept", await nameOf(what));
}

/** Forget everything that is kept. */
export async function forgetAll(): Promise<void> {
  await clear("kept");
}

/** The name under which it lies: addresses name folders, so that they are not written down. */
async function nameOf(what: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", joined(counted(utf8(told()?.binding ?? "")), utf8(what)));
  return toHex(new Uint8Array(hash));
}

function bound(what: string): Octets {
  return joined(...["hm3.cache", what, told()?.session ?? "", document.body.dataset["user"] ?? ""].map((word) => counted(utf8(word))));
}

/** Of too many or too large the oldest go. */
async function makeRoom(): Promise<void> {
  const all = (await readAll<Kept>("kept")).sort((one, other) => other.at - one.at);
  let octets = 0;
  for (const [index, one] of all.entries()) {
    octets += one.sealed.byteLength;
    if (index >= MOST || octets > MOST_OCTETS) await remove("kept", one.name);
  }
}
