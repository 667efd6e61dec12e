/** The time zones of countries, as the machine's own zone data have them (Unicode CLDR). */
import { isZone } from "#domain/schedule/wall-time.ts";

const known = new Map<string, readonly string[]>();

/** None for what is no country. */
export function zonesOfCountry(country: string): readonly string[] {
  const found = known.get(country);
  if (found !== undefined) return found;
  const zones = /^[A-Z]{2}$/.test(country) ? look(country) : [];
  known.set(country, zones);
  return zones;
}

/** TypeScript does not know the method yet; Node 24 has it. */
function look(country: string): readonly string[] {
  const region = new Intl.Locale(`und-${country}`);
  if (!("getTimeZones" in region) || typeof region.getTimeZones !== "function") return [];
  const zones: unknown = region.getTimeZones();
  return Array.isArray(zones)
    ? zones.filter((zone) => typeof zone === "string" && isZone(zone))
    : [];
}
