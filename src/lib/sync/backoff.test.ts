import { expect, test } from "vitest";
import { createBackoff } from "./backoff.ts";

const limits = { firstMs: 1_000, maxMs: 30_000 };

test("the range doubles up to the limit and starts again after a success", () => {
  const backoff = createBackoff(limits, () => 1);
  const waits = Array.from({ length: 7 }, () => backoff.next());
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  backoff.reset();
  expect(backoff.next()).toBe(1_000);
});

test("chance spreads the whole range, so that tablets do not come back together", () => {
  expect(createBackoff(limits, () => 0).next()).toBe(0);
  expect(createBackoff(limits, () => 0.25).next()).toBe(250);
});

test("a thousand failures do not overflow", () => {
  const backoff = createBackoff(limits, () => 1);
  for (let i = 0; i < 1_000; i++) backoff.next();
  expect(backoff.next()).toBe(30_000);
});
