import { expect, test } from "vitest";
import { minuteMs } from "../core/time.ts";
import { noCounts } from "../message/state.ts";
import { numbersSince, sentPerSpan } from "./day.ts";
import type { Rollup } from "./rollup.ts";

function aRollup(part: Partial<Rollup>): Rollup {
  return {
    id: "01900000-0000-7000-8000-000000000001",
    total: 10,
    states: { ...noCounts, delivered: 8, failed: 2 },
    segments: noCounts,
    reasons: [],
    spanMs: minuteMs,
    series: [
      { at: 0, entered: { submitted: 4, delivered: 4 } },
      { at: 10 * minuteMs, entered: { submitted: 4, delivered: 4, failed: 2 } },
    ],
    rate: 0,
    at: 11 * minuteMs,
    ...part,
  };
}

test("only what happened since the moment counts", () => {
  expect(numbersSince([aRollup({})], 5 * minuteMs)).toEqual({
    sent: 4,
    delivered: 4,
    failed: 2,
    campaigns: 1,
  });
});

test("a campaign that rested since then counts nothing, a new one everything", () => {
  expect(numbersSince([aRollup({})], 60 * minuteMs).campaigns).toBe(0);
  expect(numbersSince([aRollup({})], -1)).toEqual({
    sent: 8,
    delivered: 8,
    failed: 2,
    campaigns: 1,
  });
});

test("the spans of a day add up to what was sent in it", () => {
  const spans = sentPerSpan([aRollup({})], { from: -1, to: 20 * minuteMs }, 5 * minuteMs);
  expect(spans).toHaveLength(5);
  expect(spans.reduce((a, b) => a + b, 0)).toBe(8);
});

test("what goes out without receipts counts in the span in which it went out", () => {
  const rollup = aRollup({
    states: { ...noCounts, unconfirmed: 10 },
    series: [
      { at: 0, entered: { unconfirmed: 4 } },
      { at: 10 * minuteMs, entered: { unconfirmed: 6 } },
    ],
  });
  const range = { from: -1, to: 20 * minuteMs };
  expect(sentPerSpan([rollup], range, 5 * minuteMs)).toEqual([4, 0, 6, 0, 0]);
  expect(numbersSince([rollup], 5 * minuteMs).sent).toBe(6);
});
