/** The counters of several campaigns as one: what a recurring campaign's runs came to. */
import type { Id } from "../core/id.ts";
import { minuteMs, type Instant } from "../core/time.ts";
import { marks } from "../message/marks.ts";
import { messageStates, noCounts, type StateCounts } from "../message/state.ts";
import { largestCarriers, sumCarriers } from "./carriers.ts";
import { sumMonths } from "./month-use.ts";
import { sumReasonCounts } from "./reason-counts.ts";
import type { MarkCounts, Rollup } from "./rollup.ts";

/** The sums, without a course over time; the rate is what all of them hand over in a second. */
export function sumRollups(id: Id, rollups: readonly Rollup[], at: Instant): Rollup {
  return {
    id,
    total: rollups.reduce((sum, { total }) => sum + total, 0),
    states: sumCounts(rollups.map(({ states }) => states)),
    segments: sumCounts(rollups.map(({ segments }) => segments)),
    reasons: sumReasonCounts(rollups.flatMap(({ reasons }) => reasons)),
    marks: sumMarks(rollups),
    ...sumCarriersOf(rollups),
    ...sumMonthsOf(rollups),
    ...sumCodes(rollups),
    spanMs: minuteMs,
    series: [],
    rate: rollups.reduce((sum, { rate }) => sum + rate, 0),
    at,
  };
}

function sumCounts(counts: readonly StateCounts[]): StateCounts {
  const sums: Record<keyof StateCounts, number> = { ...noCounts };
  for (const each of counts) for (const state of messageStates) sums[state] += each[state];
  return sums;
}

/** Left out where none of them counts by carrier: those that do not then count for nobody's. */
function sumCarriersOf(rollups: readonly Rollup[]): Pick<Rollup, "carriers"> {
  const known = rollups.flatMap(({ carriers }) => (carriers === undefined ? [] : [carriers]));
  return known.length === 0 ? {} : { carriers: largestCarriers(sumCarriers(known.flat())) };
}

function sumMonthsOf(rollups: readonly Rollup[]): Pick<Rollup, "months"> {
  const known = rollups.flatMap(({ months }) => (months === undefined ? [] : [months]));
  return known.length === 0 ? {} : { months: sumMonths(known.flat()) };
}

/** The runs share a pool: of it, the newest count is the sum. */
function sumCodes(rollups: readonly Rollup[]): Pick<Rollup, "codes"> {
  const uses = rollups.flatMap(({ codes }) => codes ?? []);
  if (uses.length === 0) return {};
  const sum = (of: "published" | "redeemed"): number => uses.reduce((all, use) => all + use[of], 0);
  const poolRedeemed = Math.max(...uses.map((use) => use.poolRedeemed));
  return { codes: { published: sum("published"), redeemed: sum("redeemed"), poolRedeemed } };
}

function sumMarks(rollups: readonly Rollup[]): MarkCounts {
  const sums: Partial<Record<(typeof marks)[number], number>> = {};
  for (const { marks: counted = {} } of rollups) {
    for (const mark of marks) {
      const n = counted[mark] ?? 0;
      if (n > 0) sums[mark] = (sums[mark] ?? 0) + n;
    }
  }
  return sums;
}
