import { expect, test } from "vitest";
import { dayMs } from "../core/time.ts";
import { guessDeviceName } from "./device-name.ts";
import { believedTime, leaseMs, leaseState, shakeHands } from "./device.ts";

const seen = Date.UTC(2026, 10, 1);
const until = seen + 14 * dayMs;

test("a lease runs for fourteen days where the workspace says nothing else", () => {
  expect(leaseMs({ fieldMaySend: false })).toBe(14 * dayMs);
  expect(leaseMs({ fieldMaySend: false, leaseDays: 3 })).toBe(3 * dayMs);
});

test.each([
  ["just contacted", 0, "open"],
  ["a millisecond before its end", 14 * dayMs - 1, "open"],
  ["at its end", 14 * dayMs, "over"],
  ["a week after, less a millisecond", 21 * dayMs - 1, "over"],
  ["a week after", 21 * dayMs, "gone"],
  ["a year after", 366 * dayMs, "gone"],
  ["ten years on by a wrong clock", 3_650 * dayMs, "unsure"],
  ["years back by a wrong clock", -3_650 * dayMs, "open"],
] as const)("a lease %s", (_, passedMs, state) => {
  expect(leaseState(until, seen, seen + passedMs)).toBe(state);
});

test("a clock that was set back does not give a lease that is over again", () => {
  expect(leaseState(until, until + dayMs, seen)).toBe("over");
});

test.each([
  ["as its clock shows", 2 * dayMs, 0, 2 * dayMs],
  ["corrected by what was measured", 2 * dayMs, 3_600_000, 2 * dayMs + 3_600_000],
  ["not before what is known to have passed", -5 * dayMs, 0, 0],
  ["of a clock that is years behind, corrected", -2_000 * dayMs, 2_001 * dayMs, dayMs],
  ["of a clock that was years behind and was set right", dayMs, 2_001 * dayMs, dayMs],
  ["of a clock that was years ahead and was set right", dayMs, -2_000 * dayMs, dayMs],
  ["standing still where nothing can be believed", -1, -2_000 * dayMs, 0],
] as const)("the time on a device is %s", (_, wall, offset, passed) => {
  expect(believedTime(seen, seen + wall, offset)).toBe(seen + passed);
});

const known = { instance: "b", past: "a" };

test.each([
  ["the nonce that counts", { instance: "b", next: null }, known],
  ["a new nonce", { instance: "b", next: "c" }, { instance: "c", past: "b" }],
  ["a handshake again whose answer was lost", { instance: "a", next: "b" }, known],
  ["the nonce of before", { instance: "a", next: null }, "stale"],
  ["another step from the nonce of before", { instance: "a", next: "z" }, "stale"],
  ["a nonce that never counted", { instance: "z", next: "b" }, "stale"],
] as const)("[S36] %s", (_, said, after) => {
  expect(shakeHands(known, said)).toEqual(after);
});

test("[S36] a device that the server has no nonce of is believed", () => {
  const none = { instance: null, past: null };
  expect(shakeHands(none, { instance: "x", next: null })).toEqual({ instance: "x", past: null });
  expect(shakeHands(none, { instance: "x", next: "y" })).toEqual({ instance: "y", past: "x" });
});

test.each([
  [
    "Mozilla/5.0 (Linux; Android 15; SM-X200) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36",
    "Chrome on Android tablet",
  ],
  [
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/27.0 Chrome/125.0 Mobile Safari/537.36",
    "Samsung Internet on Android phone",
  ],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
    "Safari on iPhone",
  ],
  [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0",
    "Edge on Windows",
  ],
  ["Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox on Linux"],
  ["curl/8.9", "Browser"],
  ["", "Browser"],
])("the name of %s", (userAgent, name) => {
  expect(guessDeviceName(userAgent)).toBe(name);
});
