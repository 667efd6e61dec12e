import fc from "fast-check";
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

test("a wait is never longer than the limit, nor than the failures so far allow", () => {
  const draw = fc.double({ min: 0, max: 1, noNaN: true });
  const step = fc.oneof({ weight: 5, arbitrary: draw }, fc.constant("success" as const));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: "max" }), (steps) => {
      let drawn = 0;
      const backoff = createBackoff(limits, () => drawn);
      let failures = 0;
      for (const each of steps) {
        if (each === "success") {
          backoff.reset();
          failures = 0;
          continue;
        }
        drawn = each;
        const range = Math.min(limits.maxMs, limits.firstMs * 2 ** failures);
        expect(backoff.next()).toBe(Math.round(each * range));
        failures += 1;
      }
    }),
  );
});
