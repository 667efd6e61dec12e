/** Counters by carrier and country: kept short enough to travel, summed, and asked for. */
import { sumReasonCounts } from "./reason-counts.ts";
import type { CarrierCounts } from "./rollup.ts";

/** As many carriers of one campaign are told one by one, and as many countries of the others. */
export const mostCarriers = 24;

/**
 * The largest carriers one by one, those that nobody knows among them; of the others the largest
 * countries, and one rest. The sums stay what they are.
 */
export function largestCarriers(
  rows: readonly CarrierCounts[],
  most = mostCarriers,
): readonly CarrierCounts[] {
  const sorted = sortCarriers(rows);
  if (sorted.length <= most) return sorted;
  const byCountry = sumCarriers(sorted.slice(most).map((row) => toRest(row, row.country)));
  const countries = byCountry.slice(0, most);
  const others = sumCarriers(byCountry.slice(most).map((row) => toRest(row, null)));
  return sumCarriers([...sorted.slice(0, most), ...countries, ...others]);
}

/** Of several campaigns, or of rows that are the same. The largest first. */
export function sumCarriers(rows: readonly CarrierCounts[]): readonly CarrierCounts[] {
  const groups = Map.groupBy(rows, carrierKey);
  return sortCarriers(
    [...groups.values()].flatMap((group) => {
      const [first] = group;
      if (first === undefined) return [];
      return [{ ...first, counts: sumReasonCounts(group.flatMap(({ counts }) => counts)) }];
    }),
  );
}

/** The same for the same carrier in the same country. */
export function carrierKey(row: Omit<CarrierCounts, "counts">): string {
  return JSON.stringify([row.country, row.carrier, row.isRest ?? false]);
}

/** Messages, or segments. */
export function sizeOf({ counts }: Pick<CarrierCounts, "counts">, what: "n" | "segments"): number {
  return counts.reduce((sum, { n, segments = n }) => sum + (what === "n" ? n : segments), 0);
}

function sortCarriers(rows: readonly CarrierCounts[]): readonly CarrierCounts[] {
  return rows.toSorted(
    (a, b) =>
      Number(a.isRest ?? false) - Number(b.isRest ?? false) ||
      sizeOf(b, "n") - sizeOf(a, "n") ||
      carrierKey(a).localeCompare(carrierKey(b)),
  );
}

function toRest({ counts }: CarrierCounts, country: string | null): CarrierCounts {
  return { country, carrier: null, isRest: true, counts };
}
