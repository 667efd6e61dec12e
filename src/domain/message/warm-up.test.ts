import fc from "fast-check";
import { expect, test } from "vitest";
import { dayMs, hourMs } from "../core/time.ts";
import {
  atMoment,
  cold,
  dayLimit,
  lastAt,
  leftToday,
  opensAt,
  withOne,
  type Warmth,
  type WarmUp,
} from "./warm-up.ts";

const warmUp: WarmUp = { firstDay: 50, fullDay: 400 };
const start = Date.UTC(2026, 10, 2, 9);

/** So many messages from this moment on, as many as the day lets through. */
function sent(warmth: Warmth, n: number, now: number, of = warmUp): Warmth {
  let known = atMoment(warmth, of, now);
  for (let left = n; left > 0 && leftToday(known, of) >= 1; left--) known = withOne(known, now);
  return known;
}

test("a sender begins with its first day, doubles with every day that was used, and is warm after a full one", () => {
  let warmth = cold;
  const days: number[] = [];
  for (let day = 0; day < 5; day++) {
    const now = start + day * dayMs;
    warmth = sent(warmth, 10_000, now);
    days.push(warmth.used);
  }
  expect(days.slice(0, 4)).toEqual([50, 100, 200, 400]);
  expect(leftToday(atMoment(warmth, warmUp, start + 4 * dayMs), warmUp)).toBe(Infinity);
});

test("a day of which less than half was used is not doubled, and one that was put off too often is halved", () => {
  const little = sent(cold, 20, start);
  expect(atMoment(little, warmUp, start + dayMs).level).toBe(0);
  const second = sent(sent(cold, 50, start), 100, start + dayMs);
  const troubled = { ...second, setBacks: 6 };
  expect(atMoment(troubled, warmUp, start + 2 * dayMs).level).toBe(0);
  expect(atMoment({ ...second, setBacks: 5 }, warmUp, start + 2 * dayMs).level).toBe(2);
});

test("a day ends 24 hours after its first message, and says so when it is full", () => {
  const full = sent(cold, 60, start + hourMs);
  expect(leftToday(full, warmUp)).toBe(0);
  expect(opensAt(full, warmUp)).toBe(start + hourMs + dayMs);
  expect(opensAt(sent(cold, 49, start), warmUp)).toBeNull();
  expect(opensAt(cold, warmUp)).toBeNull();
});

test("the end that is told is when the last one goes", () => {
  expect(lastAt(cold, warmUp, 50, start)).toBe(start);
  expect(lastAt(cold, warmUp, 51, start)).toBe(start + dayMs);
  expect(lastAt(cold, warmUp, 351, start)).toBe(start + 3 * dayMs);
  const today = sent(cold, 50, start);
  expect(lastAt(today, warmUp, 1, start + 5 * hourMs)).toBe(start + dayMs);
});

const days = fc.record({
  firstDay: fc.integer({ min: 1, max: 500 }),
  fullDay: fc.integer({ min: 1, max: 5_000 }),
});

const act = fc.record({
  afterMs: fc.integer({ min: -2 * hourMs, max: 30 * hourMs }),
  n: fc.integer({ min: 0, max: 800 }),
  setBacks: fc.integer({ min: 0, max: 40 }),
});

test("whatever is asked for, and whatever the clock does, no day has more than its limit", () => {
  fc.assert(
    fc.property(days, fc.array(act, { maxLength: 30 }), (of, acts) => {
      let warmth = cold;
      let now = start;
      for (const { afterMs, n, setBacks } of acts) {
        now += afterMs;
        const before = atMoment(warmth, of, now);
        warmth = { ...sent(before, n, now, of), setBacks: before.setBacks + setBacks };
        if (dayLimit(of, before.level) === Infinity) continue;
        expect(warmth.used).toBeLessThanOrEqual(dayLimit(of, before.level));
        expect(warmth.used).toBe(before.used + Math.min(n, leftToday(before, of)));
        expect(Math.abs(before.level - atMoment(warmth, of, now + dayMs).level)).toBeLessThan(2);
      }
    }),
  );
});

test("without set-backs no day has less than the one before it", () => {
  fc.assert(
    fc.property(days, fc.array(act, { maxLength: 30 }), (of, acts) => {
      let warmth = cold;
      let now = start;
      let limit = dayLimit(of, 0);
      for (const { afterMs, n } of acts) {
        now += Math.abs(afterMs);
        warmth = sent(warmth, n, now, of);
        expect(dayLimit(of, warmth.level)).toBeGreaterThanOrEqual(limit);
        limit = dayLimit(of, warmth.level);
      }
    }),
  );
});

test("the end that is told is that of a sender who does nothing else", () => {
  fc.assert(
    fc.property(days, fc.integer({ min: 1, max: 20_000 }), (of, n) => {
      let warmth = cold;
      let now = start;
      for (let left = n; ;) {
        const before = atMoment(warmth, of, now);
        const most = Math.min(left, leftToday(before, of));
        left -= most;
        if (left === 0) break;
        warmth = { ...before, dayAt: now, used: most };
        now = opensAt(warmth, of) ?? now;
      }
      expect(lastAt(cold, of, n, start)).toBe(now);
    }),
  );
});
