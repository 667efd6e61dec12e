import { expect, test } from "vitest";
import { deliveryRateOf, expectedEnd, progressOf } from "./pace.ts";

const counters = { total: 200, sent: 80, delivered: 60, failed: 10, skipped: 10, toGo: 100 };

test("progress counts everything that is no longer to go", () => {
  expect(progressOf(counters)).toBe(0.5);
  expect(progressOf({ ...counters, total: 0, toGo: 0 })).toBe(0);
});

test("the delivery rate is what a receipt confirmed of what was sent", () => {
  expect(deliveryRateOf(counters)).toBe(0.75);
  expect(deliveryRateOf({ ...counters, sent: 0, delivered: 0 })).toBeNull();
});

test("the expected end comes from what is to go and the present rate", () => {
  expect(expectedEnd(counters, 20, 1_000_000)).toBe(1_005_000);
  expect(expectedEnd(counters, 0, 1_000_000)).toBeNull();
  expect(expectedEnd({ ...counters, toGo: 0 }, 20, 1_000_000)).toBeNull();
});
