/** Countries as people write them: codes, or names in the languages of our users' files. */

const languages = ["en", "de", "fr", "es", "pt", "it", "nl", "pl", "vi", "id", "ja", "zh", "ko"];

const others: Readonly<Record<string, string>> = {
  usa: "US",
  "u.s.": "US",
  "u.s.a.": "US",
  america: "US",
  uk: "GB",
  "great britain": "GB",
  england: "GB",
  scotland: "GB",
  uae: "AE",
  holland: "NL",
  czechia: "CZ",
  korea: "KR",
};

/** The code (ISO 3166-1 alpha-2, capitals) that a text means; null when it is no country. */
export function parseCountry(text: string): string | null {
  return countryCodes().get(text.trim().toLowerCase()) ?? null;
}

let table: ReadonlyMap<string, string> | null = null;

/** Made at first use: some two hundred countries in a dozen languages. */
function countryCodes(): ReadonlyMap<string, string> {
  if (table !== null) return table;
  const made = new Map(Object.entries(others));
  for (const language of languages) {
    const names = new Intl.DisplayNames(language, { type: "region", fallback: "none" });
    for (const code of twoLetters()) {
      const name = names.of(code)?.toLowerCase();
      if (name === undefined || isPseudo(code)) continue;
      const current = currentCode(code);
      made.set(code.toLowerCase(), current);
      if (!made.has(name)) made.set(name, current);
    }
  }
  table = made;
  return made;
}

/** UK is GB, DD is DE: codes that were replaced have a name still. */
function currentCode(code: string): string {
  return new Intl.Locale(`und-${code}`).region ?? code;
}

function* twoLetters(): Generator<string> {
  for (let a = 65; a <= 90; a++) for (let b = 65; b <= 90; b++) yield String.fromCharCode(a, b);
}

/** Codes that have a name but are no country: unknown, the European Union, tests of pseudo-languages. */
function isPseudo(code: string): boolean {
  return ["ZZ", "EU", "EZ", "UN", "XA", "XB", "QO"].includes(code);
}
