import { expect, test } from "vitest";
import { noCounts } from "../message/state.ts";
import type { Rollup } from "./rollup.ts";
import { sumRollups } from "./sum.ts";

function aRollup(over: Partial<Rollup>): Rollup {
  const nothing = { states: noCounts, segments: noCounts, reasons: [], series: [] };
  return { id: "run", total: 0, ...nothing, spanMs: 60_000, rate: 0, at: 1, ...over };
}

test("S0-D1 what repeats has come to the sum of its runs, states, segments, reasons and marks", () => {
  const failed = { state: "failed", reason: "invalid_address" } as const;
  const one = aRollup({
    total: 3,
    states: { ...noCounts, delivered: 2, failed: 1 },
    segments: { ...noCounts, delivered: 4, failed: 1 },
    reasons: [{ ...failed, n: 1 }],
    marks: { recovered: 1 },
    rate: 2,
  });
  const two = aRollup({
    total: 2,
    states: { ...noCounts, failed: 2 },
    segments: { ...noCounts, failed: 6 },
    reasons: [{ ...failed, n: 2, segments: 6 }],
    marks: { recovered: 2 },
  });
  expect(sumRollups("campaign", [one, two], 9)).toMatchObject({
    id: "campaign",
    total: 5,
    states: { delivered: 2, failed: 3 },
    segments: { delivered: 4, failed: 7 },
    reasons: [{ ...failed, n: 3, segments: 7 }],
    marks: { recovered: 3 },
    rate: 2,
    at: 9,
  });
});
