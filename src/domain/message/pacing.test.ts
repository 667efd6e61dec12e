import fc from "fast-check";
import { expect, test } from "vitest";
import { secondMs } from "../core/time.ts";
import {
  burstOf,
  emptyBucket,
  filled,
  nextTokenAt,
  nothingLearned,
  recovered,
  slowed,
  wholeTokens,
  withoutOne,
  type Bucket,
} from "./pacing.ts";

const rate = fc.double({ min: 0.1, max: 5_000, noNaN: true });

/** Starts as many calls as the bucket lets through at each of these moments; answers how many when. */
function callsAt(perSecond: number, pauses: readonly number[]): { at: number; n: number }[] {
  let now = 0;
  let bucket = emptyBucket(now);
  const calls: { at: number; n: number }[] = [];
  for (const pause of pauses) {
    now += pause;
    bucket = filled(bucket, perSecond, now);
    const n = wholeTokens(bucket);
    for (let left = n; left > 0; left--) bucket = withoutOne(bucket);
    calls.push({ at: now, n });
  }
  return calls;
}

test("S3-27 in any second, at whatever moments it is asked, no more calls begin than the limit and one burst", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.1, max: 500, noNaN: true }),
      fc.array(fc.nat(1_500), { minLength: 1, maxLength: 100 }),
      (perSecond, pauses) => {
        const calls = callsAt(perSecond, pauses);
        for (const { at: from } of calls) {
          const within = calls.filter(({ at }) => at >= from && at < from + secondMs);
          const begun = within.reduce((sum, { n }) => sum + n, 0);
          expect(begun).toBeLessThanOrEqual(perSecond + burstOf(perSecond) + 1e-6);
        }
      },
    ),
  );
});

test("after a restart a bucket is empty, and the first call waits for its token", () => {
  expect(wholeTokens(filled(emptyBucket(0), 10, 0))).toBe(0);
  expect(nextTokenAt(emptyBucket(0), 10)).toBe(100);
  expect(wholeTokens(filled(emptyBucket(0), 10, 100))).toBe(1);
});

test("whoever comes back when a bucket said finds a token", () => {
  fc.assert(
    fc.property(rate, fc.nat(10_000), (perSecond, tried) => {
      const bucket = filled(emptyBucket(0), perSecond, tried);
      const at = nextTokenAt(bucket, perSecond);
      expect(wholeTokens(filled(bucket, perSecond, at ?? tried))).toBeGreaterThanOrEqual(1);
    }),
  );
});

test("a clock that is set back adds no tokens", () => {
  const bucket = filled({ tokens: 0.5, at: 100_000 }, 10, 4_000);
  expect(bucket).toEqual({ tokens: 0.5, at: 4_000 });
});

test("in whatever order moments are asked for, no time counts twice", () => {
  const moments = fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(moments, (asked) => {
      const last = asked.reduce<Bucket>((bucket, now) => filled(bucket, 1, now), emptyBucket(0));
      expect(last.tokens).toBeLessThanOrEqual(Math.max(...asked) / secondMs + 1e-9);
      const learned = slowed(nothingLearned, 80, 0);
      const once = recovered(learned, Math.max(...asked)).rate ?? 0;
      const often = asked.reduce((known, now) => recovered(known, now), learned).rate ?? 0;
      expect(often).toBeLessThanOrEqual(once + 1e-9);
    }),
  );
});

test("being asked to slow down halves the rate; 5 % of it comes back each second", () => {
  const asked = slowed(nothingLearned, 80, 0);
  expect(asked.rate).toBe(40);
  expect(recovered(asked, secondMs).rate).toBeCloseTo(44);
  expect(recovered(asked, 10 * secondMs).rate).toBeCloseTo(80);
  // Asked again at 20 a second: half of that, and not of the rate that was allowed.
  expect(slowed(asked, 20, 0).rate).toBe(10);
});

test("an account that was asked again and again at its slowest is fast again within seconds", () => {
  const asked = [1, 2, 3, 4, 5].reduce((learned) => slowed(learned, 1, 0), nothingLearned);
  expect(asked.rate).toBe(1);
  expect(recovered(asked, 7 * secondMs)).toBe(nothingLearned);
});

test("a request to slow down is forgotten once the rate is four times what it was", () => {
  const asked = slowed(nothingLearned, 80, 0);
  expect(recovered(asked, 69 * secondMs).rate).not.toBeNull();
  expect(recovered(asked, 70 * secondMs)).toBe(nothingLearned);
});

test("however often a provider asks, something still goes, and recovery never overshoots", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ achieved: rate, afterMs: fc.nat(5_000) }), { maxLength: 50 }),
      (requests) => {
        let now = 0;
        let learned = nothingLearned;
        for (const { achieved, afterMs } of requests) {
          now += afterMs;
          learned = slowed(learned, achieved, now);
          expect(learned.rate).toBeGreaterThanOrEqual(1);
          expect(learned.rate).toBeLessThanOrEqual(Math.max(1, achieved / 2));
        }
      },
    ),
  );
});
