import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { aRollup, aSentCampaign } from "../../../tests/support/analytics.ts";
import { sumMeasures } from "../analytics/measures.ts";
import { breakdown, totalOf } from "../analytics/breakdown.ts";
import { openCalendar } from "../analytics/calendar.ts";
import { slicesIn } from "../analytics/slice.ts";
import { noCounts } from "../message/state.ts";
import { countsByChannel } from "./by-channel.ts";
import { coursesByWay, partsByWay } from "./by-way.ts";
import type { FallbackCounts, Rollup, SeriesPoint } from "./rollup.ts";
import { sumReasonCounts } from "./reason-counts.ts";
import { usageOf } from "./usage.ts";

const always = { from: -Infinity, to: Infinity };
const month = 202_610;

/** Ten by e-mail, of whom four went on by SMS: three arrived, one did not. */
const second: FallbackCounts = {
  channel: "sms",
  total: 4,
  states: { ...noCounts, delivered: 3, undelivered: 1 },
  segments: { ...noCounts, delivered: 6, undelivered: 2 },
  reasons: [{ state: "undelivered", reason: "unreachable", n: 1, segments: 2 }],
  marks: { recovered: 3, clicked: 1 },
  series: [
    { at: 60, entered: { submitted: 4 } },
    { at: 120, entered: { delivered: 3, undelivered: 1 }, marked: { recovered: 3, clicked: 1 } },
  ],
  months: [{ month, messages: 4, segments: 8, amount: 0.8 }],
};
const whole: Rollup = aRollup({
  total: 10,
  states: { delivered: 8, undelivered: 1, failed: 1 },
  segments: { ...noCounts, delivered: 11, undelivered: 2, failed: 1 },
  reasons: [
    { state: "failed", reason: "carrier_rejected", n: 1 },
    { state: "undelivered", reason: "unreachable", n: 1, segments: 2 },
  ],
  marks: { recovered: 3, clicked: 3 },
  series: [
    { at: 0, entered: { submitted: 5, delivered: 5, failed: 5 }, marked: { clicked: 2 } },
    { at: 60, entered: { submitted: 4 } },
    { at: 120, entered: { delivered: 3, undelivered: 1 }, marked: { recovered: 3, clicked: 1 } },
  ],
  months: [{ month, messages: 9, segments: 13, amount: 0.85 }],
  cost: { currency: "EUR", amount: 0.85, units: 13 },
  fallback: second,
});
const campaign = aSentCampaign({
  type: "email",
  accountId: "mails",
  launchedAt: 0,
  fallback: { accountId: "texts", text: "Call us" },
});

describe("a message counts under the channel that it really went by", () => {
  test("S0-08 in the counts by channel, with the sums of before", () => {
    expect(countsByChannel([{ campaign, rollup: whole }], always)).toEqual([
      { channel: "email", sent: 5, delivered: 5, failed: 5, recovered: 0 },
      { channel: "sms", sent: 4, delivered: 3, failed: 1, recovered: 3 },
    ]);
    expect(countsByChannel([{ campaign, rollup: whole }], { from: 60, to: 120 })).toEqual([
      { channel: "sms", sent: 4, delivered: 0, failed: 0, recovered: 0 },
    ]);
  });

  test("S2-09 in analytics by channel and by account", () => {
    const slices = slicesIn([{ campaign, rollup: whole }], always);
    const partsBy = (by: "channel" | "account") =>
      breakdown(slices, by, openCalendar("UTC")).map(({ key, measures, campaigns }) => {
        const { submitted, delivered, failed, undelivered, clicked, recovered } = measures;
        return [key, campaigns, submitted, delivered, failed, undelivered, clicked, recovered];
      });
    expect(partsBy("channel")).toEqual([
      ["email", 1, 5, 5, 1, 0, 2, 0],
      ["sms", 1, 4, 3, 0, 1, 1, 3],
    ]);
    expect(partsBy("account").map(([key]) => key)).toEqual(["mails", "texts"]);
    expect(totalOf(slices)).toMatchObject({ submitted: 9, delivered: 8, failed: 1, clicked: 3 });
  });

  test("S4-01 in usage by type, its months and what keeps messages away", () => {
    expect(usageBy("sms")).toMatchObject({
      campaigns: 1,
      messages: { total: 4, confirmed: 3, unreachable: 1 },
      segments: { total: 8, confirmed: 6, unreachable: 2 },
      factors: { signal: 1 },
      clicked: 1,
      months: [
        { type: "sms", messages: 4, segments: 8, costs: [{ currency: "EUR", amount: 0.8 }] },
      ],
    });
    expect(usageBy("email")).toMatchObject({
      messages: { total: 6, confirmed: 5, failed: 1 },
      clicked: 2,
      months: [
        { type: "email", messages: 5, segments: 5, costs: [{ currency: "EUR", amount: 0.05 }] },
      ],
    });
    expect(usageBy(null)).toMatchObject({ campaigns: 1, messages: { total: 10 }, clicked: 3 });
    // Whose carriers nobody counted went to nobody knows which.
    expect(usageBy("sms").carriers.map(({ carrier, counts }) => [carrier, counts.length])).toEqual([
      [null, 2],
    ]);
  });
});

function usageBy(type: "email" | "sms" | null) {
  return usageOf([{ campaign, rollup: whole }], { ...always, type, carrier: null }, "UTC");
}

test("of counters from before their course was kept all is the campaign's own channel", () => {
  const { channel, total, states, segments } = second;
  const old = { ...whole, fallback: { channel, total, states, segments } };
  expect(partsByWay("email", old)).toEqual([{ channel: "email", isSecond: false, rollup: old }]);
  expect(coursesByWay("email", old)).toHaveLength(1);
});

const counts = fc.record({ submitted: fc.nat(9), delivered: fc.nat(9), failed: fc.nat(9) });
const points = fc.array(fc.record({ own: counts, second: counts }), { maxLength: 6 });
const kinds = ["submitted", "delivered", "failed"] as const;

test("I-6 whatever went by which, the parts add up to the whole", () => {
  fc.assert(
    fc.property(points, (given) => {
      const rollup = rollupOf(given);
      const parts = partsByWay("email", rollup).map((part) => part.rollup);
      for (const kind of kinds) {
        expect(sum(parts.map(({ states }) => states[kind]))).toBe(rollup.states[kind]);
        expect(sum(parts.flatMap(({ series }) => series.map((at) => at.entered[kind] ?? 0)))).toBe(
          sum(rollup.series.map(({ entered }) => entered[kind] ?? 0)),
        );
      }
      expect(sumReasonCounts(parts.flatMap(({ reasons }) => reasons))).toEqual(rollup.reasons);
      const slices = slicesIn([{ campaign, rollup }], always);
      const byChannel = breakdown(slices, "channel", openCalendar("UTC"));
      expect(sumMeasures(byChannel.map(({ measures }) => measures))).toEqual(totalOf(slices));
      const { fallback, ...undivided } = rollup;
      expect(fallback?.total).toBeDefined();
      expect(totalOf(slices)).toEqual(totalOf(slicesIn([{ campaign, rollup: undivided }], always)));
    }),
  );
});

type Given = readonly { readonly own: Entered; readonly second: Entered }[];
type Entered = Readonly<Record<(typeof kinds)[number], number>>;

/** Everybody is where they went last, and nobody went twice. */
function rollupOf(given: Given): Rollup {
  const seriesOf = (of: (each: Given[number]) => Entered): readonly SeriesPoint[] =>
    given
      .map((each, at) => ({ at, entered: of(each) }))
      .filter(({ entered }) => sum(Object.values(entered)) > 0);
  const all = ({ own, second: other }: Given[number]): Entered => ({
    submitted: own.submitted + other.submitted,
    delivered: own.delivered + other.delivered,
    failed: own.failed + other.failed,
  });
  return aRollup({
    ...standing(seriesOf(all)),
    series: seriesOf(all),
    fallback: {
      channel: "sms",
      ...standing(seriesOf((each) => each.second)),
      marks: {},
      series: seriesOf((each) => each.second),
      months: [],
    },
  });
}

function standing(series: readonly SeriesPoint[]) {
  const of = (kind: (typeof kinds)[number]): number =>
    sum(series.map(({ entered }) => entered[kind] ?? 0));
  const states = {
    ...noCounts,
    submitted: of("submitted"),
    delivered: of("delivered"),
    failed: of("failed"),
  };
  const failed = { state: "failed", reason: "unknown", n: states.failed } as const;
  const total = sum(Object.values(states));
  return { total, states, segments: states, reasons: states.failed === 0 ? [] : [failed] };
}

function sum(all: readonly number[]): number {
  return all.reduce((total, n) => total + n, 0);
}
