import { dayMs, minuteMs } from "#domain/core/time.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createServerClock } from "./clock.ts";

/** A device whose clock is `skew` off, and which a test moves on. */
function aDevice(skew: number) {
  const device = { elapsed: 0, skew };
  const clock = createServerClock({
    wall: () => 1_000_000 + device.elapsed + device.skew,
    monotonic: () => device.elapsed,
  });
  return { device, clock };
}

test("before any answer it is the device's own time, and it says that it knows no better", () => {
  const { clock } = aDevice(-5_000);
  expect(clock.now()).toBe(995_000);
  expect(clock.claim()).toEqual({ wall: 995_000, offset: null, offsetAge: null });
});

test("it takes the middle of the way, and the shortest way counts", () => {
  const { device, clock } = aDevice(-5_000);
  device.elapsed = 400;
  clock.sample(0, 400, 1_000_200);
  expect(clock.now()).toBe(1_000_400);
  device.elapsed = 1_000;
  clock.sample(990, 1_000, 1_000_995);
  expect(clock.offset()).toBe(5_000);
  device.elapsed = 3_000;
  clock.sample(1_000, 3_000, 1_009_000);
  expect(clock.offset()).toBe(5_000);
});

test("somebody setting the device's clock changes nothing", () => {
  const { device, clock } = aDevice(0);
  clock.sample(0, 0, 1_000_000);
  device.skew = 3_600_000;
  expect(clock.now()).toBe(1_000_000);
  expect(clock.offset()).toBe(-3_600_000);
});

test("an old sample gives way to a new one, however long its way", () => {
  const { device, clock } = aDevice(0);
  clock.sample(0, 0, 1_000_000);
  device.elapsed = 11 * minuteMs;
  clock.sample(device.elapsed - 100, device.elapsed, 5_000_000);
  expect(clock.now()).toBe(5_000_050);
});

const years = fc.integer({ min: -40 * 365 * dayMs, max: 40 * 365 * dayMs });

/** An answer: how long after the one before it left, and how long both ways took. */
const answer = fc.record({
  afterMs: fc.nat(20 * minuteMs),
  there: fc.nat(30_000),
  back: fc.nat(30_000),
  /** What somebody makes of the device's clock meanwhile. */
  skew: years,
});

test("[S32] however wrong the device's clock is, its server time is off by half of one way and back at most", () => {
  fc.assert(
    fc.property(years, fc.array(answer, { minLength: 1, maxLength: 12 }), (skew, answers) => {
      const { device, clock } = aDevice(skew);
      for (const { afterMs, there, back, skew: later } of answers) {
        device.elapsed += afterMs;
        const sentAt = device.elapsed;
        device.elapsed += there;
        const time = 1_000_000 + device.elapsed;
        device.elapsed += back;
        clock.sample(sentAt, device.elapsed, time);
        device.skew = later;
        expect(Math.abs(clock.now() - (1_000_000 + device.elapsed))).toBeLessThanOrEqual(15_001);
        const { wall, offset } = clock.claim();
        expect(wall + (offset ?? 0)).toBe(clock.now());
      }
    }),
  );
});

const hour = 60 * minuteMs;

test("[S49] a start without a network goes on with the comparison of before, and says how old it is", () => {
  const { device, clock } = aDevice(-5_000);
  device.elapsed = 3 * hour;
  clock.recall({ offset: 5_000, comparedAt: 1_000_000, seen: 1_000_000 + hour });
  expect(clock.isRecalled()).toBe(true);
  expect(clock.claim()).toEqual({ wall: 995_000 + 3 * hour, offset: 5_000, offsetAge: 3 * hour });
  device.skew = 9 * hour;
  expect(clock.now()).toBe(1_000_000 + 3 * hour);
});

test("[S49] a clock that stands before a time that is known to have passed is not believed", () => {
  const { clock } = aDevice(0);
  clock.recall({ offset: 0, comparedAt: 1_000_000, seen: 1_000_000 + hour });
  expect(clock.claim()).toEqual({ wall: 1_000_000, offset: null, offsetAge: null });
  expect(clock.comparedAt()).toBeNull();
});

test("[S49] an answer is better than what was kept, and only what was compared later replaces it", () => {
  const { device, clock } = aDevice(0);
  clock.recall({ offset: 5_000, comparedAt: 900_000, seen: 900_000 });
  device.elapsed = 20_000;
  clock.sample(0, 20_000, 1_010_000);
  expect([clock.offset(), clock.isRecalled()]).toEqual([0, false]);
  clock.recall({ offset: 5_000, comparedAt: 900_000, seen: 900_000 });
  expect(clock.offset()).toBe(0);
  clock.recall({ offset: 7_000, comparedAt: 1_020_500, seen: 1_020_500 });
  expect([clock.offset(), clock.isRecalled()]).toEqual([7_000, true]);
});
