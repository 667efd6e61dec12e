import { expect, test } from "vitest";
import { expectedEnd } from "./pace.ts";

const counters = { total: 200, sent: 80, delivered: 60, failed: 10, skipped: 10, toGo: 100 };

test("the expected end comes from what is to go and the present rate", () => {
  expect(expectedEnd(counters, 20, 1_000_000)).toBe(1_005_000);
  expect(expectedEnd(counters, 0, 1_000_000)).toBeNull();
  expect(expectedEnd({ ...counters, toGo: 0 }, 20, 1_000_000)).toBeNull();
});
