import fc from "fast-check";
import { expect, test } from "vitest";
import { hourMs, minuteMs } from "../core/time.ts";
import { reasons } from "./reason.ts";
import {
  backoffMs,
  maxGens,
  maxTries,
  resendDelayMs,
  resendWithinMs,
  retryDelayMs,
  usesUpTry,
} from "./retry.ts";

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

test("no reason is tried for ever, except being asked to come later", () => {
  for (const reason of reasons) {
    const delay = retryDelayMs({ reason, tries: maxTries, afterMs: null }, () => 0.5);
    expect(delay === null).toBe(usesUpTry(reason));
  }
});

test("a provider that says when is believed", () => {
  const tried = { reason: "provider_error", tries: 1, afterMs: 7_000 } as const;
  expect(retryDelayMs(tried, () => 0.5)).toBe(7_000);
  for (const reason of reasons) {
    expect(retryDelayMs({ reason, tries: 1, afterMs: 7_000 }, () => 0.5)).toBe(7_000);
  }
});

test("a phone that is off gets time: a quarter of an hour, an hour, four hours, and then no more", () => {
  const delays = [1, 2, 3, 4].map((tries) =>
    retryDelayMs({ reason: "unreachable", tries, afterMs: null }, () => 0.5),
  );
  expect(delays).toEqual([15 * minuteMs, hourMs, 4 * hourMs, null]);
});

test("S0-12 what may arrive another time is sent again by itself, at most three times in all, and within three days", () => {
  for (const reason of reasons) {
    const delays = [1, 2, 3, 4].map((gen) => resendDelayMs({ reason, gen }));
    expect(delays.slice(maxGens - 1)).toEqual([null, null]);
    const whole = delays.reduce<number>((sum, delay) => sum + (delay ?? 0), 0);
    expect(whole).toBeLessThan(resendWithinMs);
  }
  expect(resendDelayMs({ reason: "unreachable", gen: 1 })).toBe(15 * minuteMs);
  expect(resendDelayMs({ reason: "carrier_rejected", gen: 1 })).toBe(30 * minuteMs);
  expect(resendDelayMs({ reason: "carrier_rejected", gen: 2 })).toBeNull();
});

test("nobody who said no, and no address that does not exist, is sent to again by itself", () => {
  const never = [
    "invalid_address",
    "unknown_recipient",
    "not_capable",
    "blocked_by_recipient",
    "opted_out",
    "spam_filtered",
    "content_rejected",
    "auth_failed",
    "no_consent",
    "suppressed",
    "outcome_unknown",
  ] as const;
  for (const reason of never) expect(resendDelayMs({ reason, gen: 1 })).toBeNull();
});
