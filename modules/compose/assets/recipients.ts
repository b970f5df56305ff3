// Reading what a person types or pastes into To, Cc and Bcc, as the server reads it.

import { say } from "../../../core/assets/words";

/** One recipient, or a piece of text that is none: then `reason` says why. */
export interface Recipient {
  name: string;
  address: string;
  /** As it stands in the form's field. */
  text: string;
  reason: string;
}

const ANGLE = /^(.*?)\s*<\s*(?:mailto:)?([^<>]*)>\s*$/is;
const COMMENT = /^(\S+@\S+)\s*\((.*)\)$/s;
const GROUP = /^\s*[^:@<>"]{1,100}:(?!\/\/)(.*)$/s;
const LONGEST = 320;
const LONGEST_LOCAL_PART = 64;

/** The pieces that a comma, a semicolon or a line end finishes, and what stands behind the last of these. */
export function split(text: string): { done: string[]; rest: string } {
  const done: string[] = [];
  let [piece, quoted, escaped, depth] = ["", false, false, 0];
  for (const letter of text) {
    if (escaped) {
      escaped = false;
    } else if (letter === "\\" && quoted) {
      escaped = true;
    } else if (letter === '"') {
      quoted = !quoted;
    } else if (letter === "\n" || (/[,;]/.test(letter) && !quoted && !depth)) {
      done.push(piece);
      [piece, quoted, depth] = ["", false, 0];
      continue;
    } else if (!quoted && /[<(]/.test(letter)) {
      depth += 1;
    } else if (!quoted && /[>)]/.test(letter)) {
      depth = Math.max(0, depth - 1);
    }
    piece += letter;
  }
  return { done: done.map(withoutGroup).filter(Boolean), rest: piece };
}

/** The recipients of a whole text. */
export function read(text: string): Recipient[] {
  const { done, rest } = split(text);
  return [...done, withoutGroup(rest)].filter(Boolean).flatMap(readPiece);
}

/** Recipients as a text that reads the same. What is wrong is kept as it was typed, on a line of its own. */
export function write(recipients: Recipient[]): string {
  return recipients.map(({ text }) => text).join(recipients.some(({ reason }) => reason) ? "\n" : ", ");
}

/** Whether a text is an address and nothing else. */
export function isAddress(text: string): boolean {
  return whatIsWrong(text) === "";
}

function withoutGroup(piece: string): string {
  return (GROUP.exec(piece)?.[1] ?? piece).trim();
}

function readPiece(piece: string): Recipient[] {
  const text = piece.replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "").replace(/\s+/g, " ");
  const angle = ANGLE.exec(text);
  if (angle) return [recipient(unquoted(angle[1] ?? ""), angle[2] ?? "", text)];
  const comment = COMMENT.exec(text);
  if (comment) return [recipient(unquoted(comment[2] ?? ""), comment[1] ?? "", text)];
  const words = text.startsWith('"') ? [text] : text.split(" ");
  if (words.length > 1 && !words.every(isAddress)) return [{ name: "", address: text, text, reason: say("“{text}” holds no address", { text }) }];
  return words.map((word) => recipient("", word, word));
}

function recipient(name: string, typed: string, text: string): Recipient {
  const address = typed.trim().replace(/^mailto:/i, "");
  const reason = whatIsWrong(address);
  return { name, address, reason, text: reason ? text : written(name, address) };
}

function whatIsWrong(address: string): string {
  const at = address.lastIndexOf("@");
  const [local, domain] = [address.slice(0, at), address.slice(at + 1)];
  if (at < 0) return say("“{text}” has no @", { text: address });
  if (at === 0) return say("“{text}” has nothing before the @", { text: address });
  if (!domain) return say("“{text}” has nothing behind the @", { text: address });
  if (/[\s<>()[\]:;,\\"]/.test(address) && !local.startsWith('"')) return say("“{text}” has a letter that no address has", { text: address });
  if (/^[.-]|\.\.|\.$|[^\p{L}\p{M}\p{N}.\-[\]:_]/u.test(domain)) return say("“{text}” names no domain that could exist", { text: address });
  if (address.length > LONGEST || local.length > LONGEST_LOCAL_PART) return say("“{text}” is too long", { text: address });
  return "";
}

function unquoted(text: string): string {
  const name = text.trim();
  if (/^".*"$/s.test(name)) return name.slice(1, -1).replace(/\\(.)/gs, "$1").trim();
  return /^'.*'$/s.test(name) ? name.slice(1, -1).trim() : name;
}

function written(name: string, address: string): string {
  if (!name) return address;
  const plain = !/[",;<>()@:\\]/.test(name) && !/^'|'$/.test(name);
  return plain ? `${name} <${address}>` : `"${name.replace(/[\\"]/g, "\\$&")}" <${address}>`;
}
