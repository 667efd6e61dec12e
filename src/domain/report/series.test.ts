import fc from "fast-check";
import { expect, test } from "vitest";
import { minuteMs } from "../core/time.ts";
import { foldSeries, maxSpans } from "./series.ts";

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
