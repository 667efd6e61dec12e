/**
 * The texts of the app in other languages. English stands in the source; the build marks every
 * text that it finds there (found-texts.config.ts) with the tag `text` of src/lib/i18n/text.ts,
 * one letter in the built file, and makes each catalogue of src/lib/i18n/texts a part of its own
 * that only a device of that language fetches.
 *
 * Why no library: measured on this app, wuchale 0.23 extracts as well, but takes English out of
 * its place too, which makes the shell 108 kB instead of 49; Paraglide wants a key by hand for
 * each of 2,000 texts, and each message carries every language. This costs English 1 kB of 95.
 */
import { readFileSync } from "node:fs";
import type { Plugin } from "vite";
import { findTexts } from "./found-texts.config.ts";
import { textNumber } from "./src/lib/i18n/text-number.ts";

/** A translation; where it counts, one for each plural category of the language. */
export type Translation = string | Readonly<Record<string, string>>;

const root = import.meta.dirname;
const tagModule = `${root}/src/lib/i18n/text.ts`;
const asked = "virtual:texts/";

/** Sources that may hold texts. Where an app's words leave it, they stay English. */
export function mayHoldTexts(path: string): boolean {
  const inside = path.slice(path.indexOf("/src/") + 1);
  if (/\.test\.ts$|worker\.ts$|\.d\.ts$|^src\/lib\/i18n\/text\.ts$/.test(inside)) return false;
  return (
    /^src\/(?:lib|routes)\/.*\.(?:svelte|ts)$/.test(inside) ||
    /^src\/domain\/(?!.*(?:consent|csv)-text).*(?:-(?:text|words)|campaign\/labels)\.ts$/.test(
      inside,
    )
  );
}

/** Tables of words, whose single words in lower case are texts as well. */
export function holdsWords(path: string): boolean {
  return /src\/lib\/i18n\/(?!format)|(?<!\/own)-(?:words|text|lines|labels|hints)\.ts$|(?:summaries|sentences)\.ts$/.test(
    path,
  );
}

export function texts(): Plugin {
  return {
    name: "texts",
    enforce: "post",
    resolveId: (id) => (id.startsWith(asked) ? `\0${id}` : null),
    load(id) {
      if (!id.startsWith(`\0${asked}`)) return null;
      const path = catalogueFile(id.slice(asked.length + 1));
      this.addWatchFile(path);
      return `export const texts = ${JSON.stringify(packed(readCatalogue(path)))};`;
    },
    transform(code, id) {
      // Tests read the English of the source.
      if (process.env["VITEST"] !== undefined) return null;
      const path = id.replace(/[?#].*$/, "");
      if (!path.startsWith(`${root}/src/`) || !mayHoldTexts(path) || /[?&]type=/.test(id))
        return null;
      const marked = mark(code, holdsWords(path));
      return marked === null ? null : { code: marked, map: null };
    },
  };
}

/** The module with its texts marked; null when it has none. Its lines stay where they are. */
export function mark(code: string, wordsFile: boolean): string | null {
  let out = "";
  let at = 0;
  for (const { start, end, marked } of findTexts(code, wordsFile)) {
    if (marked === undefined) continue;
    const gap = /[\w$]$/.test(code.slice(at, start)) ? " " : "";
    out += `${code.slice(at, start)}${gap}__text${marked}`;
    at = end;
  }
  if (at === 0) return null;
  return `import { text as __text } from ${JSON.stringify(tagModule)};${out}${code.slice(at)}`;
}

/** Names, and what only looks like a text: the same in every language. */
const sameEverywhere = new Set([
  "English",
  "Deutsch",
  "Español",
  "Français",
  "Fieldcast",
  "{0} · Fieldcast",
  "Android",
  "Chrome",
  "Edge",
  "Firefox",
  "Linux",
  "Mac",
  "Safari",
  "Samsung Internet",
  "Windows",
]);

export function isTheSameEverywhere(key: string): boolean {
  return sameEverywhere.has(key);
}

export function catalogueFile(language: string): string {
  return `${root}/src/lib/i18n/texts/${language}.json`;
}

export function readCatalogue(path: string): Readonly<Record<string, Translation>> {
  return JSON.parse(readFileSync(path, "utf8"));
}

/** Without the English texts: each by its number, as the app computes it. What is not translated is left out. */
function packed(catalogue: Readonly<Record<string, Translation>>): Record<string, Translation> {
  const found: Record<string, Translation> = {};
  for (const [key, translation] of Object.entries(catalogue)) {
    if (translation === "") continue;
    const number = textNumber(key);
    if (number in found) throw new Error(`Two texts have one number: change a word of “${key}”`);
    found[number] = translation;
  }
  return found;
}
