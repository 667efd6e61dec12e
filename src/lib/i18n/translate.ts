/** How another language is looked up. Nothing of this is fetched where the page is in English. */
import { textNumber } from "./text-number.ts";
import type { Translate, Value } from "./text.ts";

export type Catalogue = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

/**
 * Looks texts up in a catalogue; null for what it does not hold: that stays English. `to` is what
 * numbers are formed for, with the region: Egypt and the Emirates write other digits.
 */
export function createTranslate(texts: Catalogue, to: string): Translate {
  const plurals = new Intl.PluralRules(to);
  const digits = digitsOf(to);
  // A name or a number of another script would mix with its neighbours.
  const isolated = (value: string): string =>
    to.startsWith("ar") ? `\u2068${value}\u2069` : value;

  const find = (key: string, values: readonly Value[]): string | null => {
    const found = texts[textNumber(key)];
    if (found === undefined) return null;
    if (typeof found === "string") return found;
    const { by = "0" } = found;
    const count = digits(values[Number(by)]);
    return found[plurals.select(count)] ?? found["other"] ?? null;
  };

  return (parts, values) => {
    if (values.length === 0 && parts[0]?.includes("<")) return markup(parts[0], find);
    const whole = parts.map((part, at) => (at === 0 ? part : `{${at - 1}}${part}`)).join("");
    return looked(
      whole,
      (key) => find(key, values),
      (name) => isolated(String(values[Number(name)])),
    );
  };
}

/** White space around a text belongs to the place, not to the text. */
function looked(
  whole: string,
  find: (key: string) => string | null,
  value: (name: string) => string = (name) => `{${name}}`,
): string | null {
  const key = whole.trim().replaceAll(/\s+/g, " ");
  const found = find(key);
  if (found === null) return null;
  const before = /^\s*/.exec(whole)?.[0] ?? "";
  const after = /\s*$/.exec(whole)?.[0] ?? "";
  return before + found.replaceAll(/\{(\d)\}/g, (_, name: string) => value(name)) + after;
}

/** The markup of a component with its texts, and those of its attributes, in the other language. */
function markup(
  html: string,
  find: (key: string, values: readonly Value[]) => string | null,
): string {
  const told = (words: string): string => {
    const plain = words
      .replaceAll("&lt;", "<")
      .replaceAll("&nbsp;", "\u00A0")
      .replaceAll("&amp;", "&");
    const found = looked(plain, (key) => find(key, []));
    if (found === null) return words;
    return found.replaceAll(/[&<>"]/g, (sign) => `&#${sign.codePointAt(0)};`);
  };
  return html
    .replaceAll(/(^|>)([^<>]+)(?=<|$)/g, (_, before: string, words: string) => before + told(words))
    .replaceAll(
      / (aria-label|aria-description|aria-valuetext|title|placeholder|alt|label)="([^"]+)"/g,
      (_, name: string, words: string) => ` ${name}="${told(words)}"`,
    );
}

/** Reads the number with which a value begins, as this language writes it: `1.200 Kontakte`. A sign does not count. */
function digitsOf(to: string): (value: Value) => number {
  const [first, point] = new Intl.NumberFormat(to).formatToParts(0.5);
  const zero = first?.value.codePointAt(0) ?? 48;
  const latin = (digit: string): string =>
    String(((digit.codePointAt(0) ?? zero) - zero + 10) % 10);
  return (value) => {
    if (typeof value === "number") return value;
    const [start = ""] =
      /^[\p{Nd}\s.,’'+\-\u2212\u061C\u200E\u200F\u066B\u066C\u2068\u2069]*/u.exec(String(value)) ??
      [];
    const parts = start.split(point?.value ?? ".").map((part) => part.replaceAll(/\P{Nd}/gu, ""));
    return Number(parts.join(".").replaceAll(/[^\d.]/g, latin));
  };
}
