import { expect, test } from "vitest";
import { dayMs, hourMs } from "../core/time.ts";
import { noCounts } from "../message/state.ts";
import { enteredSince, isCoarse, sourcesOf, withHours, type HourSpans } from "./hour-spans.ts";
import { bandsOverTime } from "./over-time.ts";
import type { Rollup } from "./rollup.ts";

const begin = 1_000 * dayMs;

/** 100 sent and delivered within five hours; opens come for twenty days, one an hour. */
const spans = Array.from({ length: 480 }, (_, hour) => ({
  at: begin + hour * hourMs,
  spanMs: hourMs,
  entered: {
    ...(hour < 5 ? { submitted: 20, delivered: 20 } : {}),
    ...(hour < 60 ? { read: 1 } : {}),
  },
})).filter(({ entered }) => Object.keys(entered).length > 0);
const hours: HourSpans = { snapshot: "", asOf: begin + 60 * hourMs, spans };

function aRollup(later: number): Rollup {
  const counts = { states: { ...noCounts, delivered: 40 - later, read: 60 + later } };
  return {
    id: "c",
    total: 100,
    ...counts,
    segments: counts.states,
    reasons: [],
    rate: 0,
    at: begin + 20 * dayMs,
    spanMs: dayMs,
    series: [
      { at: begin, entered: { submitted: 100, delivered: 100, read: 24 } },
      { at: begin + dayMs, entered: { read: 24 } },
      { at: begin + 2 * dayMs, entered: { read: 12 + later } },
    ],
  };
}

function sum(series: Rollup["series"], state: "submitted" | "delivered" | "read"): number {
  return series.reduce((n, { entered }) => n + (entered[state] ?? 0), 0);
}

test("hours add up to the days; what came after they were told is told apart", () => {
  expect(enteredSince(hours, [aRollup(0)])).toEqual({});
  expect(enteredSince(hours, [aRollup(7)])).toEqual({ read: 7 });
  expect(isCoarse(aRollup(0))).toBe(true);
  expect(isCoarse({ ...aRollup(0), spanMs: hourMs })).toBe(false);
});

test("the course of what was sent within hours is drawn by them, and ends at the counters", () => {
  const rollup = aRollup(7);
  const finer = withHours(rollup, hours);
  expect(finer.spanMs).toBe(hourMs);
  for (const state of ["submitted", "delivered", "read"] as const) {
    expect(sum(finer.series, state)).toBe(sum(rollup.series, state));
  }
  const points = bandsOverTime(finer);
  expect(points.map(({ bands }) => bands.delivered)).toEqual([0, 20, 40, 60, 80, 100]);
  expect(points.at(-1)?.at).toBe(begin + 5 * hourMs);
  expect(bandsOverTime(rollup)).toHaveLength(2);
});

test("a course of weeks gets no more points than can be told apart", () => {
  const slow = Array.from({ length: 1_440 }, (_, hour) => ({
    at: begin + hour * hourMs,
    spanMs: hourMs,
    entered: { submitted: 1, delivered: 1 },
  }));
  const states = { ...noCounts, delivered: 1_440 };
  const series = [{ at: begin, entered: { submitted: 1_440, delivered: 1_440 } }];
  const rollup = { ...aRollup(0), total: 1_440, states, spanMs: 7 * dayMs, series };
  const finer = withHours(rollup, { ...hours, spans: slow });
  expect(finer.spanMs).toBe(8 * hourMs);
  expect(finer.series).toHaveLength(180);
});

test("days whose hours nobody keeps are a course of their own, and make nothing finer", () => {
  const old = { at: begin - dayMs, spanMs: dayMs, entered: { submitted: 10, delivered: 10 } };
  const mixed = { ...hours, spans: [old, ...spans] };
  expect(sourcesOf(mixed).map(({ spanMs, series }) => [spanMs, series.length])).toEqual([
    [dayMs, 1],
    [hourMs, spans.length],
  ]);
  const rollup = aRollup(0);
  expect(withHours(rollup, mixed)).toBe(rollup);
});
