// What a person may have forgotten: an attachment that the text speaks of.

// Word beginnings where a word ends in many ways, in the languages that the site speaks.
const SPOKEN_OF = new RegExp(
  [
    String.raw`(?<!\p{L})(?:attach(?:ed|ing|ments?)|enclosed|enclosures?)(?!\p{L})`,
    String.raw`(?<!\p{L})(?:im anhang|anhäng(?:e|en|end)(?!\p{L})|angehängt|anbei|beigefügt|beiliegend|anlage(?:n)?(?!\p{L}))`,
    String.raw`(?<!\p{L})(?:pi[èe]ces? jointes?|ci-joint|joins?(?!\p{L})|en annexe|fichiers? joints?)`,
    String.raw`(?<!\p{L})(?:adjunt[oaáée]\p{L}*|archivos? adjuntos?|anexo)`,
    String.raw`(?:مرفق|المرفق|أرفق|ارفق|ملحق)`,
  ].join("|"),
  "iu",
);

/** Whether a text speaks of an attachment, in English, German, French, Spanish or Arabic. */
export function mentionsAttachment(text: string): boolean {
  return SPOKEN_OF.test(text.normalize("NFC"));
}

/** What the person wrote: without quoted lines, the signature, and the lines that were there before. */
export function ownText(text: string, before: string): string {
  const known = new Set(before.split("\n").map((line) => line.trim()).filter(Boolean));
  const lines = text.split(/^-- $/m, 1)[0]?.split("\n") ?? [];
  return lines.filter((line) => !line.trimStart().startsWith(">") && !known.has(line.trim())).join("\n");
}
