/** The zone by whose clocks somebody is taken to live, for telling who waits until when. */
import type { Campaign } from "#domain/campaign/campaign.ts";
import { likelyZone, type Whereabouts } from "#domain/schedule/recipient-zone.ts";
import { zonesOfCountry } from "./country-zones.ts";

/** "" where nothing is known of them, and of the campaign neither. */
export function zoneOf(whereabouts: Whereabouts, { schedule }: Pick<Campaign, "schedule">): string {
  return likelyZone(whereabouts, zonesOfCountry, schedule?.zone ?? "");
}
