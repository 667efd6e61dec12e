import { expect, test } from "vitest";
import { noCounts, type StateCounts } from "../message/state.ts";
import type { MarkCounts } from "./rollup.ts";
import { alertWords, isBeyond, measured } from "./alert.ts";

const rollup = (counts: Partial<StateCounts>, marks: MarkCounts = {}) => {
  const states = { ...noCounts, ...counts };
  return { states, marks, total: Object.values(states).reduce((sum, n) => sum + n, 0) };
};

test("failures are a share of what was tried, whoever was left out", () => {
  const one = rollup({ delivered: 90, failed: 4, undelivered: 6, skipped: 900, queued: 50 });
  expect(measured("failed", one)).toEqual({ count: 10, of: 100 });
  expect(measured("skipped", one)).toEqual({ count: 900, of: 1_050 });
});

test("who opted out is a share of whom it reached", () => {
  const one = rollup({ delivered: 150, read: 50, submitted: 900 }, { opted_out: 3 });
  expect(measured("opted_out", one)).toEqual({ count: 3, of: 200 });
  expect(measured("complained", one)).toEqual({ count: 0, of: 200 });
});

test("it is beyond a threshold above it, not at it, and not while there are too few", () => {
  const five = { measure: "failed", above: 0.05, least: 100 } as const;
  expect(isBeyond(five, rollup({ delivered: 95, failed: 5 }))).toBe(false);
  expect(isBeyond(five, rollup({ delivered: 94, failed: 6 }))).toBe(true);
  expect(isBeyond(five, rollup({ failed: 99 }))).toBe(false);
});

test("the words name the share and what it is a share of", () => {
  expect(alertWords({ measure: "failed", above: 0.025 })).toBe(
    "more than 2.5% of what was tried failed",
  );
});
