import fc from "fast-check";
import { expect, test } from "vitest";
import { minuteMs } from "../core/time.ts";
import { messageStates, noCounts, type MessageState } from "../message/state.ts";
import { bandCounts } from "./band.ts";
import { bandsOverTime } from "./over-time.ts";
import type { SeriesPoint } from "./rollup.ts";

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
  expect(points.map((point) => point.bands.failed)).toEqual([0, 0, 0, 0]);
  expect(points.at(-1)?.bands.delivered).toBe(4);
});

const entered = fc.dictionary(fc.constantFrom(...messageStates), fc.nat(50));
const states = fc
  .dictionary(fc.constantFrom(...messageStates), fc.nat(100))
  .map((part) => ({ ...noCounts, ...part }));

test("I-6 at every moment the bands add up to the total and none is below zero", () => {
  fc.assert(
    fc.property(fc.array(entered, { minLength: 1 }), states, (series, now) => {
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
