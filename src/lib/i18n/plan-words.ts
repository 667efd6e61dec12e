/** When a campaign goes out, in words. */
import type { Schedule } from "#domain/campaign/campaign.ts";
import type { QuietHours } from "#domain/schedule/quiet-hours.ts";
import { formatDateTime } from "./format.ts";

export function planText({ at, zone, local = false, delay = false }: Schedule): string {
  if (delay) return `${formatDateTime(at)}, until then it can be taken back`;
  const when = formatDateTime(at, zone);
  return local ? `${when}, at each recipient's local time` : when;
}

/** What quiet hours mean for a campaign that is about to go out. */
export function quietText({ from, to, countries }: QuietHours): string {
  const others = Object.keys(countries).length === 0 ? "" : ", other hours in some countries";
  return `Nobody is written to from ${from} to ${to} where they live${others}: they get it afterwards`;
}
