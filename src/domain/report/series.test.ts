import fc from "fast-check";
import { expect, test } from "vitest";
import { dayMs, hourMs, minuteMs, secondMs } from "../core/time.ts";
import { foldSeries, maxSpans } from "./fold-series.ts";
import { bucketOf, fineForMs } from "./series.ts";

const entry = fc.record({
  minute: fc.integer({ min: 0, max: 60 * 24 * 3_000 }).map((minutes) => minutes * minuteMs),
  state: fc.constantFrom("submitted", "delivered", "failed"),
  n: fc.integer({ min: 1, max: 100 }),
}) satisfies fc.Arbitrary<Parameters<typeof foldSeries>[0][number]>;

test("folding loses nothing, stays in order, and never needs more than 240 points", () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 400 }), (entries) => {
      const { series, spanMs } = foldSeries(entries);
      expect(series.length).toBeLessThanOrEqual(maxSpans);
      const sum = series.flatMap(({ entered }) => Object.values(entered));
      expect(sum.reduce((total, n) => total + n, 0)).toBe(
        entries.reduce((total, { n }) => total + n, 0),
      );
      expect(series.map(({ at }) => at)).toEqual(
        series.map(({ at }) => at).toSorted((a, b) => a - b),
      );
      expect(series.every(({ at }) => at % spanMs === 0)).toBe(true);
    }),
  );
});

function anEntryAt(minute: number) {
  return { minute: minute * minuteMs, state: "sent", n: 1 } as const;
}

test("a short campaign is told by the minute, a long one by longer spans", () => {
  expect(foldSeries([anEntryAt(0), anEntryAt(239)]).spanMs).toBe(minuteMs);
  expect(foldSeries([anEntryAt(0), anEntryAt(240)]).spanMs).toBe(2 * minuteMs);
  expect(foldSeries([])).toEqual({ spanMs: minuteMs, series: [] });
});

function secondsApart(...seconds: readonly number[]) {
  return seconds.map((second) => ({ minute: second * secondMs, state: "sent", n: 1 }) as const);
}

test("a campaign of a minute is told by five seconds, one of ten by ten", () => {
  expect(foldSeries(secondsApart(0, 5, 55))).toMatchObject({
    spanMs: 5 * secondMs,
    series: [{ at: 0 }, { at: 5 * secondMs }, { at: 55 * secondMs }],
  });
  expect(foldSeries(secondsApart(0, 595)).spanMs).toBe(10 * secondMs);
  expect(foldSeries(secondsApart(5, 3_600)).spanMs).toBe(minuteMs);
});

test("what happens in the first half hour is kept by five seconds, later things by the minute", () => {
  const launchedAt = 12 * hourMs;
  const at = launchedAt + 7_300;
  expect(bucketOf(at, launchedAt)).toBe(launchedAt + 5_000);
  expect(bucketOf(at + fineForMs, launchedAt)).toBe(launchedAt + fineForMs);
});

test("what was folded to hours or days is never told by less, and adds up with what was not", () => {
  const old = { minute: 0, state: "sent", n: 3 } as const;
  const young = { minute: 30 * minuteMs, state: "sent", n: 2 } as const;
  expect(foldSeries([{ ...old, spanMs: hourMs }, young])).toEqual({
    spanMs: hourMs,
    series: [{ at: 0, entered: { sent: 5 } }],
  });
  expect(foldSeries([{ ...old, spanMs: dayMs }, young]).spanMs).toBe(dayMs);
});

test("a correction of what was folded already takes it back from the hour", () => {
  const folded = { minute: 0, spanMs: hourMs, state: "sent", n: 3 } as const;
  const back = { minute: minuteMs, state: "sent", n: -3 } as const;
  expect(foldSeries([folded, back]).series).toEqual([]);
});
