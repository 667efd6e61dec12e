import fc from "fast-check";
import { expect, test } from "vitest";
import { dayMs, minuteMs, secondMs } from "../core/time.ts";
import {
  delayClasses,
  generationSize,
  learnedWindowMs,
  leastReceipts,
  longestWindowMs,
  noDelays,
  receiptDelayOf,
  shortestWindowMs,
  told,
  withDelays,
  type DelayCounts,
  type ReceiptDelay,
} from "./receipt-delay.ts";

const delay = fc.integer({ min: 0, max: 3 * dayMs });
/** Enough to know, and fewer than make a generation. */
const known = fc.array(delay, { minLength: leastReceipts, maxLength: 2 * leastReceipts });

function counted(delays: readonly number[], from: DelayCounts = noDelays): DelayCounts {
  return delays.reduce((counts, delayMs) => withDelays(counts, { delayMs, n: 1 }), from);
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, n) => total + n, 0);
}

function rankOf(delays: readonly number[]): number {
  const ordered = delays.toSorted((a, b) => a - b);
  return ordered[Math.ceil(0.99 * ordered.length) - 1] ?? 0;
}

test("what is told is never below the delay of 99 of 100, and above it by a fifth or a second at most", () => {
  fc.assert(
    fc.property(known, (delays) => {
      const p99Ms = receiptDelayOf(counted(delays))?.p99Ms ?? Number.NaN;
      const true99 = rankOf(delays);
      expect(p99Ms).toBeGreaterThanOrEqual(true99);
      expect(p99Ms).toBeLessThanOrEqual(Math.max(secondMs, true99 * 2 ** 0.25 + 1));
    }),
  );
});

test("in which order and in how many parts delays come does not matter, and each of them twice neither", () => {
  fc.assert(
    fc.property(known, fc.integer({ min: 1, max: 4 }), (delays, times) => {
      const once = counted(delays);
      expect(counted(delays.toReversed())).toEqual(once);
      const parts = [...Map.groupBy(delays, (each) => each)];
      const together = parts.reduce(
        (counts, [delayMs, same]) => withDelays(counts, { delayMs, n: same.length }),
        noDelays,
      );
      expect(together).toEqual(once);
      const repeated = delays.reduce(
        (counts, delayMs) => withDelays(counts, { delayMs, n: times }),
        noDelays,
      );
      expect(receiptDelayOf(repeated)?.p99Ms).toBe(receiptDelayOf(once)?.p99Ms);
    }),
    { numRuns: 30 },
  );
});

test("where a generation ends within a part, it is as if they had come one by one", () => {
  fc.assert(
    fc.property(fc.nat(generationSize), fc.integer({ min: 1, max: 500 }), (filled, n) => {
      const before = withDelays(noDelays, { delayMs: secondMs, n: filled });
      const delayMs = minuteMs;
      const one = counted(Array<number>(n).fill(delayMs), before);
      expect(withDelays(before, { delayMs, n })).toEqual(one);
    }),
    { numRuns: 30 },
  );
});

test("memory is bounded, whatever comes; the counts are of the last two generations", () => {
  const parts = fc.record({
    delayMs: fc.double({ min: -1e12, max: 1e15, noNaN: true }),
    n: fc.integer({ min: 0, max: 3 * generationSize }),
  });
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 50 }), (all) => {
      const { recent, before } = all.reduce(withDelays, noDelays);
      for (const counts of [recent, before]) {
        expect(counts.length).toBeLessThanOrEqual(delayClasses);
        expect(sum(counts)).toBeLessThanOrEqual(generationSize);
      }
      const came = all.reduce((total, { n }) => total + n, 0);
      expect(sum(recent) + sum(before)).toBeLessThanOrEqual(came);
      if (came <= generationSize) expect(sum(recent)).toBe(came);
      if (came >= 2 * generationSize) expect(sum(before)).toBe(generationSize);
    }),
  );
});

test("an account that grew slower or faster is known for it after two generations at most", () => {
  const fast = withDelays(noDelays, { delayMs: 2 * secondMs, n: 20 * generationSize });
  const slow = withDelays(fast, { delayMs: 10 * minuteMs, n: 2 * generationSize });
  expect(receiptDelayOf(slow)?.p99Ms).toBeGreaterThanOrEqual(10 * minuteMs);
  // A longer delay is noticed long before: from the first hundredth on.
  const slower = withDelays(fast, { delayMs: 10 * minuteMs, n: generationSize / 20 });
  expect(receiptDelayOf(slower)?.p99Ms).toBeGreaterThanOrEqual(10 * minuteMs);
  const again = withDelays(slow, { delayMs: 2 * secondMs, n: 2 * generationSize });
  expect(receiptDelayOf(again)?.p99Ms).toBeLessThan(3 * secondMs);
});

test("few receipts teach nothing", () => {
  const few = withDelays(noDelays, { delayMs: secondMs, n: leastReceipts - 1 });
  expect(receiptDelayOf(few)).toBeNull();
  const enough = withDelays(few, { delayMs: secondMs, n: 1 });
  expect(receiptDelayOf(enough)).toEqual({ p99Ms: secondMs, receipts: leastReceipts });
});

test("a window is twice the delay, within what is sensible", () => {
  expect(learnedWindowMs({ p99Ms: 5 * minuteMs })).toBe(10 * minuteMs);
  fc.assert(
    fc.property(delay, (p99Ms) => {
      const windowMs = learnedWindowMs({ p99Ms });
      expect(windowMs).toBeGreaterThanOrEqual(shortestWindowMs);
      expect(windowMs).toBeLessThanOrEqual(longestWindowMs);
    }),
  );
  expect(learnedWindowMs({ p99Ms: 1 })).toBe(shortestWindowMs);
  expect(learnedWindowMs({ p99Ms: 3 * dayMs })).toBe(longestWindowMs);
});

test("what is told is seldom told anew, never below what is known by more than that, and a longer delay at once", () => {
  const parts = fc.record({
    delayMs: fc.integer({ min: 0, max: 2 * minuteMs }),
    n: fc.integer({ min: 1, max: 2_000 }),
  });
  fc.assert(
    fc.property(fc.array(parts, { minLength: 1, maxLength: 60 }), (all) => {
      let counts = noDelays;
      let shown: ReceiptDelay | null = null;
      for (const part of all) {
        counts = withDelays(counts, part);
        const found = receiptDelayOf(counts);
        shown = told(shown, found);
        if (found === null) continue;
        expect(shown?.p99Ms).toBeGreaterThanOrEqual(found.p99Ms);
        expect(shown?.p99Ms).toBeLessThan(found.p99Ms * 1.5);
      }
    }),
  );
  const before = { p99Ms: 10 * secondMs, receipts: 600 };
  expect(told(before, { p99Ms: 10 * secondMs, receipts: 700 })).toBe(before);
  expect(told(before, { p99Ms: 8.5 * secondMs, receipts: 700 })).toBe(before);
  const surer = { p99Ms: 10 * secondMs, receipts: 1_200 };
  expect(told(before, surer)).toBe(surer);
});
