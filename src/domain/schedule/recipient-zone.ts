/** In which time zone a recipient lives, as far as what is known of them tells. */
import { cityKey } from "../audience/city.ts";
import { isZone } from "./wall-time.ts";

export interface Whereabouts {
  /** As the contact's own field has it; "" when nobody said. */
  readonly timeZone: string;
  /** ISO 3166, two letters, or "". */
  readonly country: string;
  readonly city: string;
}

/** The zones of a country by their names, none for a country that nobody knows. */
export type ZonesOfCountry = (country: string) => readonly string[];

/**
 * Where most people of a country live that has several zones. For all others any of its zones
 * will do, or nobody can tell.
 */
const mainZones: Readonly<Record<string, string>> = {
  AR: "America/Buenos_Aires",
  AU: "Australia/Sydney",
  BR: "America/Sao_Paulo",
  CA: "America/Toronto",
  CD: "Africa/Kinshasa",
  CL: "America/Santiago",
  CN: "Asia/Shanghai",
  EC: "America/Guayaquil",
  ES: "Europe/Madrid",
  ID: "Asia/Jakarta",
  KZ: "Asia/Almaty",
  MN: "Asia/Ulaanbaatar",
  MX: "America/Mexico_City",
  MY: "Asia/Kuala_Lumpur",
  NZ: "Pacific/Auckland",
  PF: "Pacific/Tahiti",
  PG: "Pacific/Port_Moresby",
  PT: "Europe/Lisbon",
  RU: "Europe/Moscow",
  US: "America/New_York",
};

/**
 * The zones that they may be in: their own field, or the one that has their city's name, or all
 * of their country. None when nothing is known.
 */
export function possibleZones(
  { timeZone, country, city }: Whereabouts,
  zonesOfCountry: ZonesOfCountry,
): readonly string[] {
  if (timeZone !== "" && isZone(timeZone)) return [timeZone];
  const all = country === "" ? [] : zonesOfCountry(country.toUpperCase());
  const key = cityKey(city).replaceAll(" ", "_");
  const named = key === "" ? undefined : all.find((zone) => cityOf(zone) === key);
  return named === undefined ? all : [named];
}

/**
 * The one zone by whose clocks they are written to. Where several are possible: the campaign's
 * own, if it is one of them, otherwise the country's main one; where none is, the campaign's.
 */
export function likelyZone(
  whereabouts: Whereabouts,
  zonesOfCountry: ZonesOfCountry,
  ofCampaign: string,
): string {
  const possible = possibleZones(whereabouts, zonesOfCountry);
  if (possible.length === 0 || possible.includes(ofCampaign)) return ofCampaign;
  return (
    (possible.length > 1 ? mainZones[whereabouts.country.toUpperCase()] : null) ??
    possible[0] ??
    ofCampaign
  );
}

/** `America/Argentina/Buenos_Aires`: the city by which people call the zone. */
function cityOf(zone: string): string {
  return zone.slice(zone.lastIndexOf("/") + 1).toLowerCase();
}
