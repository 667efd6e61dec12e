/** When a campaign shall go out, from the words of the API. */
import type { Schedule } from "#domain/campaign/campaign.ts";
import { instantOf, isWallTime, isZone, wallTimeOf } from "#domain/schedule/wall-time.ts";
import type { CampaignSchedule } from "#protocol/rest/campaign.ts";

/** A time without a zone of its own is meant in the schedule's; the rules say where that is nowhere. */
export function toSchedule({ at, repeat, ...rest }: CampaignSchedule): Schedule {
  const { zone } = rest;
  if (repeat !== undefined) {
    // What repeats does so by clocks; a zone that nobody knows is refused by the rules.
    const isMoment = !isWallTime(at) && isZone(zone);
    const from = isMoment ? wallTimeOf(Date.parse(at), zone) : at;
    return { at: instantOf(from, zone) ?? 0, wall: from, ...rest, repeat: { from, ...repeat } };
  }
  if (!isWallTime(at)) return { at: Date.parse(at), ...rest };
  return { at: instantOf(at, zone) ?? 0, wall: at, ...rest };
}
