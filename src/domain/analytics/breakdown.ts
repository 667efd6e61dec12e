/** Events split by what their campaigns are, or by when they happened. */
import { isRecurring } from "../campaign/live.ts";
import { dayMs, hourMs } from "../core/time.ts";
import { weekdayOf, type Calendar } from "./calendar.ts";
import type { CampaignKind, CountedCampaign } from "./counted.ts";
import { noMeasures, sumMeasures, type Measure, type Measures } from "./measures.ts";
import type { Slice } from "./slice.ts";

export const dimensions = ["campaign", "channel", "kind", "account", "hour", "weekday"] as const;

export type Dimension = (typeof dimensions)[number];

/** A part of a breakdown; what is not told so finely has the key `unknown`. */
export interface Part {
  readonly key: string;
  readonly measures: Measures;
  /** How many campaigns it is made of. */
  readonly campaigns: number;
}

export const unknownKey = "unknown";
export const otherKey = "other";

export function kindOfCampaign(campaign: CountedCampaign): CampaignKind {
  if ("kind" in campaign) return campaign.kind;
  const { firing, schedule, trigger = null } = campaign;
  if (trigger !== null) return "triggered";
  return firing !== undefined || isRecurring({ schedule }) ? "run" : "once";
}

/** The parts, in the order of their keys where these are times, otherwise the largest first. */
export function breakdown(
  slices: readonly Slice[],
  by: Dimension,
  calendar: Calendar,
): readonly Part[] {
  const parts = [...Map.groupBy(slices, (slice) => keyOf(slice, by, calendar))].map(([key, own]) =>
    partOf(key, own),
  );
  if (by === "hour" || by === "weekday") return parts.toSorted((a, b) => order(a) - order(b));
  return sortedBy(parts, "submitted");
}

/** The largest first, by one of the measures. */
export function sortedBy(parts: readonly Part[], measure: Measure): readonly Part[] {
  return parts.toSorted(
    (a, b) => b.measures[measure] - a.measures[measure] || a.key.localeCompare(b.key),
  );
}

/** The first `n`, and all others as one: the sum stays what it was. */
export function topParts(parts: readonly Part[], n: number): readonly Part[] {
  if (parts.length <= n + 1) return parts;
  const rest = parts.slice(n);
  return [
    ...parts.slice(0, n),
    {
      key: otherKey,
      measures: sumMeasures(rest.map(({ measures }) => measures)),
      campaigns: rest.reduce((sum, { campaigns }) => sum + campaigns, 0),
    },
  ];
}

function partOf(key: string, slices: readonly Slice[]): Part {
  return {
    key,
    measures: sumMeasures(slices.map(({ measures }) => measures)),
    campaigns: new Set(slices.map(({ campaign }) => campaign.id)).size,
  };
}

/** The whole, as one part. */
export function totalOf(slices: readonly Slice[]): Measures {
  return slices.length === 0 ? noMeasures : sumMeasures(slices.map(({ measures }) => measures));
}

function keyOf(
  { campaign, channel, accountId, at, spanMs }: Slice,
  by: Dimension,
  calendar: Calendar,
): string {
  switch (by) {
    case "campaign":
      return campaign.id;
    case "channel":
      return channel;
    case "kind":
      return kindOfCampaign(campaign);
    case "account":
      return accountId ?? unknownKey;
    case "hour":
      return spanMs > hourMs ? unknownKey : String(calendar.hourAt(at));
    case "weekday":
      return spanMs > dayMs ? unknownKey : String(weekdayOf(calendar.dayAt(at)));
  }
}

/** Hours and weekdays in their order, what has none at the end. */
function order({ key }: Part): number {
  return key === unknownKey ? Infinity : Number(key);
}
