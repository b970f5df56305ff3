// SHA-256 (FIPS 180-4) of short texts, many times a second. What browsers offer answers later, which takes longer than
// the work itself where there are thousands of texts.

const ROUNDS = 64;
const LONGEST = 55;

const primes: number[] = [];
for (let number = 2; primes.length < ROUNDS; number++) {
  if (primes.every((prime) => number % prime !== 0)) primes.push(number);
}

/** The first 32 bits behind the point (4.2.2 and 5.3.3). */
const fraction = (root: number): number => Math.floor((root % 1) * 2 ** 32);

const constants = Int32Array.from(primes, (prime) => fraction(Math.cbrt(prime)));
const start = Int32Array.from(primes.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));
const words = new Int32Array(ROUNDS);

const turned = (word: number, bits: number): number => (word >>> bits) | (word << (32 - bits));

/** The first 32 bits of the hash of a text of at most 55 ASCII characters, which is a single block (5.1.1, 6.2.2). */
export function firstBits(text: string): number {
  if (text.length > LONGEST) throw new RangeError(`${text.length} characters are more than a block`);
  words.fill(0, 0, 16);
  for (let at = 0; at < text.length; at++) words[at >> 2]! |= text.charCodeAt(at) << (24 - 8 * (at & 3));
  words[text.length >> 2]! |= 0x80 << (24 - 8 * (text.length & 3));
  words[15] = text.length * 8;
  for (let at = 16; at < ROUNDS; at++) {
    const early = words[at - 15]!;
    const late = words[at - 2]!;
    const low = turned(early, 7) ^ turned(early, 18) ^ (early >>> 3);
    const high = turned(late, 17) ^ turned(late, 19) ^ (late >>> 10);
    words[at] = words[at - 16]! + low + words[at - 7]! + high;
  }
  let [a, b, c, d, e, f, g, h] = start as unknown as [number, number, number, number, number, number, number, number];
  for (let at = 0; at < ROUNDS; at++) {
    const choice = (e & f) ^ (~e & g);
    const first = (h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + choice + constants[at]! + words[at]!) | 0;
    const majority = (a & b) ^ (a & c) ^ (b & c);
    const second = ((turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + majority) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  return (a + start[0]!) >>> 0;
}
