// Web Authentication as the browser offers it, with octets as base64url on the way to and from the server.

import { Refused } from "../../../core/assets/net";
import { say } from "../../../core/assets/words";

/** What the server wants a passkey to answer. */
export interface KeyRequest {
  challenge: string;
  domain: string;
  salt: string;
  handle: string;
  keys: string[];
  verify: UserVerificationRequirement;
}

/** What the server wants a passkey to be made of. */
export interface NewKeyRequest {
  challenge: string;
  domain: string;
  site: string;
  salt: string;
  handle: string;
  user: string;
  known: string[];
  login: boolean;
  algorithms: number[];
}

/** An answer as the server takes it: JSON, and the key material where the passkey gave some. */
export interface Answered {
  id: string;
  answer: string;
  material?: string;
}

interface Given {
  prf?: { enabled?: boolean; results?: { first?: ArrayBuffer } };
}

const TIMEOUT = 120_000;
const INFO = new TextEncoder().encode("hm3.kek.passkey");

/** Whether this page is where passkeys of a domain work. */
export function isThere(domain: string): boolean {
  return location.hostname === domain || location.hostname.endsWith(`.${domain}`);
}

/** Why passkeys cannot be used on this page, or nothing. */
export function whyNot(domain: string): string {
  if (!("credentials" in navigator) || !("PublicKeyCredential" in window)) {
    return isSecureContext ? say("This browser knows no passkeys.") : say("Passkeys need an encrypted connection (https).");
  }
  return isThere(domain) ? "" : say("Passkeys of this site work at {domain} only.", { domain });
}

/** Have a passkey answer. With `waiting` it is offered among the names that the form suggests, until somebody takes it. */
export async function ask(request: KeyRequest, waiting?: AbortSignal): Promise<Answered> {
  const asked: CredentialRequestOptions = {
    publicKey: {
      challenge: octets(request.challenge),
      rpId: request.domain,
      timeout: TIMEOUT,
      userVerification: request.verify,
      allowCredentials: request.keys.map((id) => ({ type: "public-key", id: octets(id) })),
      extensions: secret(request.salt),
    },
    ...(waiting ? { mediation: "conditional" as CredentialMediationRequirement, signal: waiting } : {}),
  };
  const given = await explained(() => navigator.credentials.get(asked));
  const response = given.response as AuthenticatorAssertionResponse;
  const handle = response.userHandle?.byteLength ? letters(response.userHandle) : "";
  const told = {
    clientDataJSON: letters(response.clientDataJSON),
    authenticatorData: letters(response.authenticatorData),
    signature: letters(response.signature),
    ...(handle ? { userHandle: handle } : {}),
  };
  return answered(given, told, handle || request.handle);
}

/** Have a passkey made. */
export async function make(request: NewKeyRequest): Promise<Answered> {
  const selection: AuthenticatorSelectionCriteria = request.login
    ? { residentKey: "required", requireResidentKey: true, userVerification: "required" }
    : { residentKey: "discouraged", userVerification: "discouraged" };
  const wanted: CredentialCreationOptions = {
    publicKey: {
      challenge: octets(request.challenge),
      rp: { id: request.domain, name: request.site },
      user: { id: octets(request.handle), name: request.user, displayName: request.user },
      pubKeyCredParams: request.algorithms.map((alg) => ({ type: "public-key", alg })),
      timeout: TIMEOUT,
      attestation: "none",
      authenticatorSelection: selection,
      excludeCredentials: request.known.map((id) => ({ type: "public-key", id: octets(id) })),
      extensions: request.login ? secret(request.salt) : {},
    },
  };
  const given = await explained(() => navigator.credentials.create(wanted));
  const response = given.response as AuthenticatorAttestationResponse;
  const told = { clientDataJSON: letters(response.clientDataJSON), attestationObject: letters(response.attestationObject) };
  return answered(given, told, request.handle);
}

/** Ask for what only this passkey can give (Web Authentication, the extension prf). */
function secret(salt: string): AuthenticationExtensionsClientInputs {
  return { prf: { eval: { first: octets(salt) } } } as AuthenticationExtensionsClientInputs;
}

async function answered(given: PublicKeyCredential, response: Record<string, string>, handle: string): Promise<Answered> {
  const answer = JSON.stringify({ id: given.id, rawId: letters(given.rawId), type: given.type, response });
  const first = (given.getClientExtensionResults() as Given).prf?.results?.first;
  return { id: given.id, answer, ...(first && handle ? { material: await derive(first, octets(handle)) } : {}) };
}

/** The key that leaves for the server: what the passkey gave stays here. The user's handle keeps users apart. */
async function derive(given: ArrayBuffer, handle: Uint8Array<ArrayBuffer>): Promise<string> {
  const key = await crypto.subtle.importKey("raw", given, "HKDF", false, ["deriveBits"]);
  return letters(await crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt: handle, info: INFO }, key, 256));
}

/** What the browser gave, or Refused with a sentence. Something that was called off stays what it is. */
async function explained(act: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  const began = performance.now();
  try {
    const given = await act();
    if (given) return given as PublicKeyCredential;
  } catch (error) {
    const { name } = error as DOMException;
    if (name === "AbortError") throw error;
    if (name === "InvalidStateError") throw new Refused(0, say("This device is known here already."));
    if (name === "SecurityError") throw new Refused(0, say("Your browser takes no passkeys for this address."));
    if (name === "NotSupportedError" || name === "ConstraintError") throw new Refused(0, say("This device cannot make such a passkey."));
    if (name !== "NotAllowedError") throw error;
  }
  // Browsers do not tell why nothing came.
  if (performance.now() - began >= TIMEOUT - 1000) throw new Refused(0, say("That took too long. Please try again."));
  throw new Refused(0, say("No passkey answered: it was cancelled, or there is none for this site here."));
}

function octets(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

function letters(octets: ArrayBuffer): string {
  const plain = Array.from(new Uint8Array(octets), (octet) => String.fromCharCode(octet)).join("");
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}
