import { dayMs, minuteMs } from "#domain/core/time.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createServerClock } from "./clock.ts";

const hour = 60 * minuteMs;

/** A device whose clock is `skew` off, and which a test moves on. While it sleeps its monotonic clock stands still. */
function aDevice(skew: number) {
  const device = { elapsed: 0, asleep: 0, skew };
  const server = createServerClock({
    wall: () => 1_000_000 + device.elapsed + device.skew,
    monotonic: () => device.elapsed - device.asleep,
  });
  const sleep = (ms: number) => {
    device.elapsed += ms;
    device.asleep += ms;
  };
  /** A moment of before, with the clock as it is set now. */
  const at = (elapsed: number) => ({
    wall: 1_000_000 + elapsed + device.skew,
    monotonic: elapsed - device.asleep,
  });
  const clock = {
    ...server,
    sample: (sentAt: number, receivedAt: number, time: number) =>
      server.sample(at(sentAt), at(receivedAt), time),
  };
  return { device, clock, server, sleep, at };
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

test("[S49] somebody setting the device's clock back moves no time, and the comparison is in doubt", () => {
  const { device, clock } = aDevice(0);
  clock.sample(0, 0, 1_000_000);
  device.skew = -hour;
  expect([clock.now(), clock.offset(), clock.isRecalled()]).toEqual([1_000_000, hour, true]);
  device.skew = -minuteMs;
  expect([clock.now(), clock.isRecalled()]).toEqual([1_000_000, false]);
});

test("[S49] what is typed after a tablet slept with its page open is dated by what went by, and in doubt", () => {
  const { clock, sleep } = aDevice(-5_000);
  clock.sample(0, 0, 1_000_000);
  sleep(3 * hour);
  expect(clock.claim()).toEqual({ wall: 995_000 + 3 * hour, offset: 5_000, offsetAge: 3 * hour });
  expect(clock.isRecalled()).toBe(true);
});

test("[S49] many short sleeps count as much as a long one", () => {
  const { device, clock, sleep } = aDevice(0);
  clock.sample(0, 0, 1_000_000);
  for (let n = 0; n < 60; n += 1) {
    sleep(minuteMs);
    device.elapsed += 1_000;
  }
  expect(clock.now()).toBe(1_000_000 + 61 * minuteMs);
});

test("[S49] after a sleep the next answer counts, however long its way was", () => {
  const { device, clock, sleep } = aDevice(0);
  clock.sample(0, 10, 1_000_005);
  sleep(5 * minuteMs);
  const woke = device.elapsed;
  device.elapsed += 4_000;
  clock.sample(woke, device.elapsed, 1_000_000 + woke + 2_000);
  expect([clock.now(), clock.isRecalled()]).toEqual([1_000_000 + device.elapsed, false]);
});

test("[S49] an answer that a device slept over compares nothing", () => {
  const { clock, server, sleep, at } = aDevice(0);
  const sent = at(0);
  sleep(hour);
  server.sample(sent, at(hour), 1_000_000);
  expect([clock.now(), clock.comparedAt()]).toEqual([1_000_000 + hour, null]);
});

test("an old sample gives way to a new one, however long its way", () => {
  const { device, clock } = aDevice(0);
  clock.sample(0, 0, 1_000_000);
  device.elapsed = 11 * minuteMs;
  clock.sample(device.elapsed - 100, device.elapsed, 5_000_000);
  expect(clock.now()).toBe(5_000_050);
});

/** Half of a way, and two minutes of sleep that nobody noticed. */
const mostMs = 15_001 + 2 * minuteMs;

const years = fc.integer({ min: -40 * 365 * dayMs, max: 40 * 365 * dayMs });

/** An answer: how long after the one before it left, and how long both ways took. */
const answer = fc.record({
  afterMs: fc.nat(20 * minuteMs),
  there: fc.nat(30_000),
  back: fc.nat(30_000),
  /** For how long of the time before it the device slept. */
  asleep: fc.nat(20 * minuteMs),
  /** What somebody makes of the device's clock before it leaves. */
  skew: years,
});

test("[S32] however the device's clock was set and however long it slept, with each answer its server time is off by half of one way and back, and two minutes, at most", () => {
  fc.assert(
    fc.property(years, fc.array(answer, { minLength: 1, maxLength: 12 }), (first, answers) => {
      const { device, clock, sleep } = aDevice(first);
      for (const { afterMs, asleep, there, back, skew } of answers) {
        device.elapsed += afterMs;
        sleep(asleep);
        device.skew = skew;
        const sentAt = device.elapsed;
        device.elapsed += there;
        const time = 1_000_000 + device.elapsed;
        device.elapsed += back;
        clock.sample(sentAt, device.elapsed, time);
        expect(Math.abs(clock.now() - (1_000_000 + device.elapsed))).toBeLessThanOrEqual(mostMs);
        const { wall, offset } = clock.claim();
        expect(wall + (offset ?? 0)).toBe(clock.now());
      }
    }),
  );
});

test("[S49] a start without a network goes on with the comparison of before, and says how old it is", () => {
  const { device, clock } = aDevice(-5_000);
  device.elapsed = 3 * hour;
  clock.recall({ offset: 5_000, comparedAt: 1_000_000, seen: 1_000_000 + hour });
  expect(clock.isRecalled()).toBe(true);
  expect(clock.claim()).toEqual({ wall: 995_000 + 3 * hour, offset: 5_000, offsetAge: 3 * hour });
  device.skew = -9 * hour;
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
