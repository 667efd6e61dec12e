/** The counters of several campaigns as one: what a recurring campaign's runs came to. */
import type { Id } from "../core/id.ts";
import { minuteMs, type Instant } from "../core/time.ts";
import { sumLinkReports } from "../engagement/link-sums.ts";
import type { Visitor } from "../engagement/click.ts";
import type { OpenCount, OpenReport } from "../engagement/open.ts";
import { marks } from "../message/marks.ts";
import { messageStates, noCounts, type StateCounts } from "../message/state.ts";
import { sumCosts } from "./cost.ts";
import { largestCarriers, sumCarriers } from "./carriers.ts";
import { sumMonths } from "./month-use.ts";
import { sumReasonCounts } from "./reason-counts.ts";
import type { MarkCounts, Rollup } from "./rollup.ts";

/**
 * The sums, without a course over time; the rate is what all of them hand over in a second. The
 * runs may come in any order: their ids tell which was first.
 */
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
    ...sumLinks(rollups),
    ...sumOpens(rollups),
    ...sumFallbacks(rollups),
    cost: sumCosts(rollups.map(({ cost }) => cost)),
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

function sumFallbacks(rollups: readonly Rollup[]): Pick<Rollup, "fallback"> {
  const known = rollups.flatMap(({ fallback }) => fallback ?? []);
  const [first] = known;
  if (first === undefined) return {};
  return {
    fallback: {
      channel: first.channel,
      total: known.reduce((sum, { total }) => sum + total, 0),
      states: sumCounts(known.map(({ states }) => states)),
      segments: sumCounts(known.map(({ segments }) => segments)),
      reasons: sumReasonCounts(known.flatMap(({ reasons = [] }) => reasons)),
      marks: sumMarks(known),
      months: sumMonths(known.flatMap(({ months = [] }) => months)),
    },
  };
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

function sumLinks(rollups: readonly Rollup[]): Pick<Rollup, "links"> {
  const inOrder = rollups.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const known = inOrder.flatMap(({ links }) => links ?? []);
  return known.length === 0 ? {} : { links: sumLinkReports(known) };
}

/** As with links: who opened the messages of two runs is two of the recipients. */
function sumOpens(rollups: readonly Rollup[]): Pick<Rollup, "opens"> {
  const known = rollups.flatMap(({ opens }) => opens ?? []);
  if (known.length === 0) return {};
  const sum = (of: (opens: OpenReport) => number): number =>
    known.reduce((all, opens) => all + of(opens), 0);
  const ofVisitor = (who: Visitor): OpenCount => ({
    opens: sum((each) => each[who].opens),
    recipients: sum((each) => each[who].recipients),
  });
  const byProxy = sum((each) => each.byProxy);
  return { opens: { person: ofVisitor("person"), scanner: ofVisitor("scanner"), byProxy } };
}

function sumMarks(rollups: readonly Pick<Rollup, "marks">[]): MarkCounts {
  const sums: Partial<Record<(typeof marks)[number], number>> = {};
  for (const { marks: counted = {} } of rollups) {
    for (const mark of marks) {
      const n = counted[mark] ?? 0;
      if (n > 0) sums[mark] = (sums[mark] ?? 0) + n;
    }
  }
  return sums;
}
