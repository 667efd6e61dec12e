import { minuteMs } from "#domain/core/time.ts";
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
