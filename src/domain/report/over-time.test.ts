import fc from "fast-check";
import { expect, test } from "vitest";
import { minuteMs } from "../core/time.ts";
import { messageStates, noCounts, type MessageState } from "../message/state.ts";
import { bandCounts } from "./band.ts";
import { bandsOverTime } from "./over-time.ts";
import type { SeriesPoint } from "./rollup.ts";
import { foldSeries, type MinuteEntry } from "./fold-series.ts";
import { passes } from "./series.ts";

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

function spans(...entered: SeriesPoint["entered"][]): SeriesPoint[] {
  return entered.map((part, index) => ({ at: index * minuteMs, entered: part }));
}

test("a campaign in which nothing happened yet has no course", () => {
  const points = bandsOverTime({ series: [], spanMs: minuteMs, states: noCounts, total: 9, at: 5 });
  expect(points).toEqual([]);
});

test("the course starts with everything to go and ends with the counters", () => {
  const states = { ...noCounts, delivered: 6, submitted: 2, failed: 1, skipped: 1 };
  const series = spans({ submitted: 5, skipped: 1 }, { submitted: 3, delivered: 6, failed: 1 });
  const points = bandsOverTime({ series, spanMs: minuteMs, states, total: 10, at: 90_000 });
  expect(points.map((point) => point.at)).toEqual([0, minuteMs, 90_000]);
  expect(points[0]?.bands.toGo).toBe(10);
  expect(points[1]?.bands).toEqual({
    delivered: 0,
    unconfirmed: 5,
    failed: 0,
    skipped: 1,
    toGo: 4,
  });
  expect(points[2]?.bands).toEqual(bandCounts(states));
});

test("the course starts when the first message went out, not with its minute", () => {
  const source = {
    series: spans({ submitted: 2 }),
    spanMs: minuteMs,
    states: { ...noCounts, submitted: 2 },
    total: 2,
    at: 30_000,
  };
  expect(bandsOverTime(source, 12_000).map((point) => point.at)).toEqual([12_000, 30_000]);
  expect(bandsOverTime(source, 99_000).map((point) => point.at)).toEqual([59_999, 60_000]);
  expect(bandsOverTime(source).map((point) => point.at)).toEqual([0, 30_000]);
});

test("a message that was resent after a failure does not count twice", () => {
  const states = { ...noCounts, delivered: 4 };
  const series = spans({ failed: 4 }, { submitted: 4 }, { delivered: 4 });
  const points = bandsOverTime({ series, spanMs: minuteMs, states, total: 4, at: 200_000 });
  expect(points.every(({ bands }) => bands.failed === 0)).toBe(true);
  expect(points.at(-1)?.bands.delivered).toBe(4);
});

const entered = fc.dictionary(fc.constantFrom(...messageStates), fc.nat(50));
const standings = fc
  .dictionary(fc.constantFrom(...messageStates), fc.nat(100))
  .map((part) => ({ ...noCounts, ...part }));

test("I-6 at every moment the bands add up to the total and none is below zero", () => {
  fc.assert(
    fc.property(fc.array(entered, { minLength: 1 }), standings, (series, now) => {
      const total = sum(Object.values(now));
      const spanList = series.map((part, index) => {
        const counts: Partial<Record<MessageState, number>> = { ...part };
        return { at: index * minuteMs, entered: counts };
      });
      const at = series.length * minuteMs;
      for (const { bands } of bandsOverTime({
        series: spanList,
        spanMs: minuteMs,
        states: now,
        total,
        at,
      })) {
        expect(sum(Object.values(bands))).toBe(total);
        expect(Math.min(...Object.values(bands))).toBeGreaterThanOrEqual(0);
      }
    }),
  );
});

test("messages of a provider that sends no receipts rise as they are handed over", () => {
  const states = { ...noCounts, unconfirmed: 90 };
  const series = spans({ unconfirmed: 30 }, { unconfirmed: 40 }, { unconfirmed: 20 });
  const source = { series, spanMs: minuteMs, states, total: 90, at: 3 * minuteMs };
  expect(bandsOverTime(source).map(({ bands }) => bands.unconfirmed)).toEqual([0, 30, 70, 90]);
});

test("while nothing happens the course stands still, and the end is now", () => {
  const states = { ...noCounts, submitted: 8 };
  const series = [
    { at: 0, entered: { submitted: 2 } },
    { at: 60 * minuteMs, entered: { submitted: 6 } },
  ];
  const source = { series, spanMs: minuteMs, states, total: 8, at: 90 * minuteMs };
  const course = bandsOverTime(source).map(({ at, bands }) => [at / minuteMs, bands.unconfirmed]);
  expect(course).toEqual([
    [0, 0],
    [1, 2],
    [60, 2],
    [61, 8],
    [90, 8],
  ]);
});

test("where all have an end, the course ends with the last of it, however long people click", () => {
  const states = { ...noCounts, delivered: 2, read: 5, unconfirmed: 1 };
  const series = [
    { at: 0, entered: { submitted: 8, delivered: 7, read: 1 } },
    { at: minuteMs, entered: { unconfirmed: 1 } },
    { at: 60 * minuteMs, entered: { read: 4 } },
    { at: 900 * minuteMs, entered: {}, marked: { clicked: 1 } },
  ];
  const source = { series, spanMs: minuteMs, states, total: 8, at: 9_000 * minuteMs };
  expect(bandsOverTime(source).map(({ at }) => at / minuteMs)).toEqual([0, 1]);
  expect(bandsOverTime(source).at(-1)?.bands).toEqual(bandCounts(states));
});

/** Ways of a message on which nothing is taken back, as providers with and without receipts tell them. */
const ways = [
  ["sending", "unconfirmed"],
  ["sending", "unconfirmed", "delivered"],
  ["sending", "ambiguous", "unconfirmed"],
  ["sending", "submitted", "sent", "delivered", "read"],
  ["sending", "submitted", "unconfirmed", "undelivered"],
  ["sending", "submitted", "delivered"],
  ["sending", "sent", "read"],
  ["sending", "queued", "sending", "submitted"],
  ["sending", "ambiguous", "sending", "delivered"],
  ["sending", "failed"],
  ["sending", "undelivered"],
  ["sending"],
  ["skipped"],
  ["canceled"],
] as const satisfies readonly (readonly MessageState[])[];

const journey = fc.record({
  way: fc.constantFrom<readonly MessageState[]>(...ways),
  waits: fc.array(fc.nat(4), { minLength: 5, maxLength: 5 }),
  reached: fc.nat(5),
});

test("the course is the true one at every moment, whatever way each message takes", () => {
  fc.assert(
    fc.property(fc.array(journey, { minLength: 1, maxLength: 60 }), (journeys) => {
      const steps = journeys.map(({ way, waits, reached }) => {
        let minute = 0;
        return way.slice(0, reached).map((state, index) => {
          minute += waits[index] ?? 0;
          return { minute, state };
        });
      });
      const stateAt = (minute: number) =>
        steps.map((taken) => taken.findLast((step) => step.minute < minute)?.state ?? "queued");
      const countsAt = (minute: number) => {
        const counts = { ...noCounts };
        for (const state of stateAt(minute)) counts[state] += 1;
        return counts;
      };
      const entries = steps.flatMap((taken) =>
        taken.flatMap(({ minute, state }, index): MinuteEntry[] =>
          passes(taken[index - 1]?.state ?? "queued", state).map((each) => ({
            minute: minute * minuteMs,
            state: each,
            n: 1,
          })),
        ),
      );
      const end = 25;
      const points = bandsOverTime({
        ...foldSeries(entries),
        states: countsAt(end),
        total: journeys.length,
        at: end * minuteMs,
      });
      for (const { at, bands } of points.slice(1)) {
        expect(bands).toEqual(bandCounts(countsAt(at / minuteMs)));
      }
      if (points.length > 0) expect(points.at(-1)?.bands).toEqual(bandCounts(countsAt(end)));
    }),
  );
});
