import fc from "fast-check";
import { expect, test } from "vitest";
import { hourMs, minuteMs } from "../core/time.ts";
import { reasons } from "./reason.ts";
import { backoffMs, maxTries, retryDelayMs } from "./retry.ts";

const random = fc.double({ min: 0, max: 0.999_999, noNaN: true });

test("waiting grows with each try, spreads evenly below its bound, and never beyond 15 minutes", () => {
  fc.assert(
    fc.property(fc.nat(1_000), random, (tries, draw) => {
      const bound = Math.min(15 * minuteMs, 2_000 * 2 ** Math.min(tries, 20));
      const delay = backoffMs(tries, () => draw);
      expect(delay).toBeGreaterThanOrEqual(0);
      expect(delay).toBeLessThan(bound);
      expect(delay).toBe(Math.floor(draw * bound));
    }),
  );
});

test("no reason is tried for ever, except being asked to slow down", () => {
  for (const reason of reasons) {
    const delay = retryDelayMs({ reason, tries: maxTries, afterMs: null }, () => 0.5);
    expect(delay === null).toBe(reason !== "rate_limited");
  }
});

test("a provider that says when is believed", () => {
  const tried = { reason: "provider_error", tries: 1, afterMs: 7_000 } as const;
  expect(retryDelayMs(tried, () => 0.5)).toBe(7_000);
});

test("a phone that is off gets time: a quarter of an hour, an hour, four hours, and then no more", () => {
  const delays = [1, 2, 3, 4].map((tries) =>
    retryDelayMs({ reason: "unreachable", tries, afterMs: null }, () => 0.5),
  );
  expect(delays).toEqual([15 * minuteMs, hourMs, 4 * hourMs, null]);
});
