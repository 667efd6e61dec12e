import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { aSentCampaign, aRollup } from "../../../tests/support/analytics.ts";
import { dayMs, hourMs } from "../core/time.ts";
import { datePresets, type DateRange } from "../report/date-range.ts";
import { breakdown, dimensions, topParts, totalOf } from "./breakdown.ts";
import { daysAt, openCalendar, timesOf } from "./calendar.ts";
import { courseOf, steps, usualStep } from "./course.ts";
import { figureOf, figuresOf, kpis } from "./kpi.ts";
import { measures, noMeasures, sumMeasures } from "./measures.ts";
import { comparedDays } from "./period.ts";
import { failureReasons } from "./reasons.ts";
import { analyticsOf } from "./report.ts";
import { inScope, slicesIn, wholeScope } from "./slice.ts";
import type { Counted } from "./counted.ts";

const berlin = openCalendar("Europe/Berlin");
const everything = { from: -Infinity, to: Infinity };

/** Campaigns of three months around the end of summer time, on 25 October 2026. */
const start = Date.parse("2026-08-20T00:00Z");

const point = fc.record({
  at: fc.integer({ min: 0, max: 100 * 24 }).map((hours) => start + hours * hourMs),
  entered: fc.record({
    submitted: fc.nat(50),
    delivered: fc.nat(50),
    read: fc.nat(9),
    failed: fc.nat(9),
    undelivered: fc.nat(9),
    skipped: fc.nat(9),
  }),
  marked: fc.record({ redeemed: fc.nat(5), opted_out: fc.nat(3), clicked: fc.nat(7) }),
});

const row: fc.Arbitrary<Counted> = fc
  .record({
    series: fc.array(point, { maxLength: 12 }),
    type: fc.constantFrom("email" as const, "sms" as const),
    accountId: fc.constantFrom("one", "two", null),
    spanMs: fc.constantFrom(60_000, 4 * hourMs, 2 * dayMs),
    hasCodes: fc.boolean(),
    failed: fc.nat(40),
  })
  .map(({ series, type, accountId, spanMs, hasCodes, failed }) => ({
    campaign: aSentCampaign({ type, accountId }),
    rollup: aRollup({
      series: series.toSorted((a, b) => a.at - b.at),
      spanMs,
      reasons: [{ state: "failed", reason: "unreachable", n: failed }],
      ...(hasCodes ? { codes: { published: 9, redeemed: 1, poolRedeemed: 1 } } : {}),
    }),
  }));

const rows = fc.array(row, { maxLength: 6 });

describe("I-6 whatever events are split by, the parts add up to the whole", () => {
  test("S2-09 by each dimension, and by the first few and the others", () => {
    fc.assert(
      fc.property(rows, fc.nat(4), (given, n) => {
        const slices = slicesIn(given, everything);
        const whole = totalOf(slices);
        for (const by of dimensions) {
          const parts = breakdown(slices, by, berlin);
          expect(sumMeasures(parts.map((part) => part.measures))).toEqual(whole);
          const top = topParts(parts, n);
          expect(sumMeasures(top.map((part) => part.measures))).toEqual(whole);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("S2-09 over days, weeks and months, and by channel in each of them", () => {
    fc.assert(
      fc.property(rows, fc.constantFrom(...steps), fc.nat(6), (given, step, weekStart) => {
        const slices = slicesIn(given, everything);
        const open = { first: null, last: null };
        const points = courseOf(slices, open, { calendar: berlin, step, weekStart });
        expect(sumMeasures(points.map((each) => each.measures))).toEqual(totalOf(slices));
        for (const { measures: own, byChannel } of points) {
          expect(sumMeasures(Object.values(byChannel))).toEqual(own);
        }
        const days = points.flatMap(({ first, last }) => [first, last]);
        expect(days).toEqual(days.toSorted());
      }),
      { numRuns: 60 },
    );
  });

  test("by range: what lies before a day and from it on is the whole", () => {
    fc.assert(
      fc.property(rows, fc.nat(100), (given, days) => {
        const at = start + days * dayMs;
        const early = totalOf(slicesIn(given, { from: -Infinity, to: at }));
        const late = totalOf(slicesIn(given, { from: at, to: Infinity }));
        expect(sumMeasures([early, late])).toEqual(totalOf(slicesIn(given, everything)));
      }),
      { numRuns: 60 },
    );
  });

  test("reasons are exactly the failures of the range, told or not", () => {
    fc.assert(
      fc.property(rows, fc.nat(100), (given, days) => {
        const range = { from: start + days * dayMs, to: Infinity };
        const { failed, undelivered } = totalOf(slicesIn(given, range));
        const told = failureReasons(given, range).reduce((sum, { n }) => sum + n, 0);
        expect(told).toBe(failed + undelivered);
      }),
      { numRuns: 60 },
    );
  });
});

describe("I-6 a report across campaigns tells what their own reports tell", () => {
  const states = fc.record({
    submitted: fc.nat(40),
    unconfirmed: fc.nat(9),
    undelivered: fc.nat(9),
    delivered: fc.nat(40),
    read: fc.nat(9),
    failed: fc.nat(9),
    skipped: fc.nat(9),
    canceled: fc.nat(9),
  });

  test("whatever happened on the way, and over however many spans", () => {
    fc.assert(
      fc.property(fc.array(point, { minLength: 1, maxLength: 12 }), states, (series, now) => {
        const rollup = aRollup({ series, states: now, marks: { clicked: 11 } });
        const slices = slicesIn([{ campaign: aSentCampaign(), rollup }], everything);
        const { submitted, unconfirmed, undelivered, delivered, read } = now;
        expect(totalOf(slices)).toMatchObject({
          submitted: submitted + unconfirmed + undelivered + delivered + read,
          delivered: delivered + read,
          opened: read,
          failed: now.failed,
          undelivered,
          skipped: now.skipped + now.canceled,
          clicked: 11,
        });
        for (const { measures: own } of slices) {
          expect(Math.min(...Object.values(own))).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });

  test("S0-13 a message that failed, was sent again and arrived is one that arrived", () => {
    const series = [
      { at: start, entered: { submitted: 9, failed: 1, delivered: 8, undelivered: 1 } },
      { at: start + hourMs, entered: { submitted: 2, delivered: 2 }, marked: { recovered: 2 } },
    ];
    const rollup = aRollup({ series, states: { delivered: 10 }, marks: { recovered: 2 } });
    const total = totalOf(slicesIn([{ campaign: aSentCampaign(), rollup }], everything));
    expect(total).toMatchObject({ submitted: 10, delivered: 10, failed: 0, undelivered: 0 });
    expect(total.recovered).toBe(2);
  });
});

describe("I-14 each range is what filtering the events by hand finds", () => {
  /** Noon, midnight and both sides of it, each day, with the doubled and the skipped hour. */
  const hourly = Array.from({ length: 400 * 24 }, (_, hour) => ({
    at: Date.parse("2026-01-01T00:00Z") + hour * hourMs,
    entered: { submitted: 1 },
  }));
  const all: Counted = { campaign: aSentCampaign(), rollup: aRollup({ series: hourly }) };
  const ranges: readonly (readonly [DateRange, (day: string, today: string) => boolean])[] = [
    ["today", (day, today) => day === today],
    ["yesterday", (day, today) => daysApart(day, today) === 1],
    ["7d", (day, today) => within(day, today, 7)],
    ["14d", (day, today) => within(day, today, 14)],
    ["30d", (day, today) => within(day, today, 30)],
    ["90d", (day, today) => within(day, today, 90)],
    ["month", (day, today) => day.slice(0, 7) === today.slice(0, 7) && day <= today],
    ["last-month", (day, today) => monthOf(day) === monthOf(today) - 1],
    ["all", () => true],
    [
      { first: "2026-03-28", last: "2026-03-30" },
      (day) => day >= "2026-03-28" && day <= "2026-03-30",
    ],
    [{ first: "2026-10-25", last: "2026-10-25" }, (day) => day === "2026-10-25"],
    [{ first: null, last: "2026-03-29" }, (day) => day <= "2026-03-29"],
  ];
  // The clocks of each change, and one that knows none.
  const moments = [
    "2026-03-29T12:00Z",
    "2026-04-05T00:30Z",
    "2026-10-25T12:00Z",
    "2026-11-02T03:00Z",
  ];

  test.each(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"])(
    "in %s, also across a change of clocks",
    (zone) => {
      const calendar = openCalendar(zone);
      // The day by the machine's own calendar, apart from ours.
      const format = new Intl.DateTimeFormat("en-CA", { timeZone: zone, dateStyle: "short" });
      const days = hourly.map(({ at }) => format.format(at));
      for (const moment of moments) {
        const now = Date.parse(moment);
        const today = format.format(now);
        const byHand = ranges.map(([, isIn]) => days.filter((day) => isIn(day, today)).length);
        const told = ranges.map(([range]) => {
          const times = timesOf(daysAt(range, now, calendar), calendar);
          return totalOf(slicesIn([all], times)).submitted;
        });
        expect({ moment, told }).toEqual({ moment, told: byHand });
      }
    },
  );
});

describe("figures", () => {
  const counts = { ...noMeasures, submitted: 100, delivered: 90, failed: 25, opened: 45 };

  test("S2-07 S2-09 a figure is a rate, its count and its change", () => {
    const before = { ...counts, delivered: 60 };
    const delivered = figuresOf(counts, before).find(({ kpi }) => kpi === "delivered");
    expect(delivered).toMatchObject({ count: 90, of: 100, rate: 0.9, change: 0.5 });
    expect(delivered?.rateChange).toBeCloseTo(0.3, 9);
    expect(figureOf("failed", counts)).toMatchObject({ count: 25, of: 125, rate: 0.2 });
  });

  test("I-4 a rate lies between 0 and 1, and is not there where there is nothing to be a part of", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(99), { minLength: 12, maxLength: 12 }), (given) => {
        const any = Object.fromEntries(measures.map((name, index) => [name, given[index] ?? 0]));
        for (const kpi of kpis) {
          const { rate, of } = figureOf(kpi, { ...noMeasures, ...any });
          if (of === null || of === 0) expect(rate).toBeNull();
          else expect(rate).toSatisfy((share: number) => share >= 0 && share <= 1);
        }
      }),
    );
    expect(figuresOf(counts, null).every(({ before }) => before === null)).toBe(true);
  });
});

describe("what a range is compared with", () => {
  test("as many days before it, or the same days a year earlier", () => {
    const days = { first: "2026-11-01", last: "2026-11-07" };
    expect(comparedDays(days, "previous")).toEqual({ first: "2026-10-25", last: "2026-10-31" });
    expect(comparedDays(days, "year")).toEqual({ first: "2025-11-01", last: "2025-11-07" });
    const leap = { first: "2028-02-29", last: "2028-02-29" };
    expect(comparedDays(leap, "year")).toEqual({ first: "2027-02-28", last: "2027-02-28" });
    expect(comparedDays({ ...days, first: null }, "previous")).toBeNull();
  });

  test("the two never touch, and have as many days", () => {
    fc.assert(
      fc.property(fc.constantFrom(...datePresets), fc.nat(1_000), (preset, later) => {
        const days = daysAt(preset, start + later * dayMs, berlin);
        const before = comparedDays(days, "previous");
        const lengthOf = ({ first, last }: typeof days) =>
          Date.parse(last ?? "") - Date.parse(first ?? "");
        expect(before?.last).not.toBeNull();
        expect((before?.last ?? "") < (days.first ?? "")).toBe(true);
        expect(before && lengthOf(before)).toBe(lengthOf(days));
      }),
    );
  });
});

test("S2-01 S2-03 a report says of how many campaigns it is, as of when, and what is known roughly", () => {
  const series = [{ at: start, entered: { submitted: 5, delivered: 4 } }];
  const given: Counted[] = [
    { campaign: aSentCampaign(), rollup: aRollup({ series, at: 7 }) },
    {
      campaign: aSentCampaign({ type: "sms" }),
      rollup: aRollup({ series, at: 9, spanMs: 2 * dayMs }),
    },
    { campaign: aSentCampaign(), rollup: null },
  ];
  const question = {
    days: { first: "2026-08-20", last: "2026-08-20" },
    scope: wholeScope,
    compare: "previous",
    step: usualStep({ first: "2026-08-20", last: "2026-08-20" }),
    weekStart: 1,
  } as const;
  const report = analyticsOf(given, question, berlin);
  expect(report).toMatchObject({ campaigns: 2, coarse: 1, asOf: 9, total: { submitted: 10 } });
  expect(report.comparedWith).toEqual({ first: "2026-08-19", last: "2026-08-19" });
  expect(report.course).toHaveLength(1);
  const narrowed = { ...question, scope: { ...wholeScope, channels: ["sms"] } } as const;
  expect(analyticsOf(given, narrowed, berlin)).toMatchObject({
    campaigns: 1,
    total: { submitted: 5 },
  });
});

test("S2-16 channel, status and a part of the name must all hold", () => {
  const given = [
    { campaign: aSentCampaign({ name: "Autumn sale", type: "sms" }), rollup: null },
    { campaign: aSentCampaign({ name: "Autumn news", phase: "draft" }), rollup: null },
  ];
  const found = (scope: Partial<typeof wholeScope>): readonly string[] =>
    inScope(given, { ...wholeScope, ...scope }).map(({ campaign }) => campaign.name);
  expect(found({ name: " autumn " })).toEqual(["Autumn sale", "Autumn news"]);
  expect(found({ name: "autumn", channels: ["sms"] })).toEqual(["Autumn sale"]);
  expect(found({ statuses: ["completed"], channels: ["email"] })).toEqual([]);
});

function daysApart(day: string, today: string): number {
  return (Date.parse(`${today}T00:00Z`) - Date.parse(`${day}T00:00Z`)) / dayMs;
}

function within(day: string, today: string, n: number): boolean {
  const apart = daysApart(day, today);
  return apart >= 0 && apart < n;
}

function monthOf(day: string): number {
  return Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7));
}
