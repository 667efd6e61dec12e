/** The countries to choose from, by their names in English. */
import { language } from "#lib/i18n/text.ts";
import { parseCountry } from "#domain/audience/country.ts";

const names = new Intl.DisplayNames(language, { type: "region" });
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ".split("");

export const countryOptions = [
  { value: "", label: "Not said" },
  ...letters
    .flatMap((a) => letters.map((b) => a + b))
    .filter((code) => parseCountry(code) === code)
    .map((code) => ({ value: code, label: names.of(code) ?? code }))
    .toSorted((a, b) => a.label.localeCompare(b.label, language)),
];
