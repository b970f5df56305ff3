// Octets, and the ways to write them: Base64, hexadecimal digits, UTF-8, and parts that tell their lengths.

/** Octets as the browser's cryptography takes them. */
export type Octets = Uint8Array<ArrayBuffer>;

/** The octets of a text in UTF-8. */
export function utf8(text: string): Octets {
  return new TextEncoder().encode(text) as Octets;
}

/** Octets in Base64. */
export function toBase64(octets: Octets): string {
  let letters = "";
  // A call takes only so many arguments.
  for (let from = 0; from < octets.length; from += 32_768) letters += String.fromCharCode(...octets.subarray(from, from + 32_768));
  return btoa(letters);
}

/** What Base64 holds. Throws where it is none. */
export function fromBase64(text: string): Octets {
  const letters = atob(text);
  const octets = new Uint8Array(letters.length);
  for (let at = 0; at < letters.length; at += 1) octets[at] = letters.charCodeAt(at);
  return octets;
}

/** Octets in hexadecimal digits. */
export function toHex(octets: Octets): string {
  return [...octets].map((octet) => octet.toString(16).padStart(2, "0")).join("");
}

/** Octets one after the other. */
export function joined(...parts: Octets[]): Octets {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Octets after their number, in four octets. */
export function counted(part: Octets): Octets {
  const size = new Uint8Array(4);
  new DataView(size.buffer).setUint32(0, part.length);
  return joined(size, part);
}

/** A number in eight octets. */
export function numbered(number: number): Octets {
  const octets = new Uint8Array(8);
  new DataView(octets.buffer).setBigUint64(0, BigInt(number));
  return octets;
}

/** What stands after its number, and what comes after that. Throws where there is less. */
export function uncounted(whole: Octets): [Octets, Octets] {
  const size = new DataView(whole.buffer, whole.byteOffset).getUint32(0);
  if (size > whole.length - 4) throw new RangeError("there is less than was told");
  return [whole.subarray(4, 4 + size), whole.subarray(4 + size)];
}

/** Random octets. */
export function random(size: number): Octets {
  return crypto.getRandomValues(new Uint8Array(size));
}
