import { expect, test } from "vitest";
import { minuteMs } from "../core/time.ts";
import { noCounts } from "../message/state.ts";
import { doubtEndsBy, expectedEnd, presentRate } from "./pace.ts";

const at = 1_000_000;

test("the expected end comes from what is to go and the present rate", () => {
  const states = { ...noCounts, queued: 90, sending: 10, delivered: 60 };
  expect(expectedEnd({ states, rate: 20, at })).toBe(1_005_000);
  expect(expectedEnd({ states, rate: 0, at })).toBeNull();
  expect(expectedEnd({ states: { ...noCounts, delivered: 60 }, rate: 20, at })).toBeNull();
  expect(expectedEnd({ states, rate: 20, at, limitedBy: "warm_up" })).toBeNull();
});

test("the rate is told while a new sender warms up, too, and not once it must be an old one", () => {
  const states = { ...noCounts, queued: 100 };
  expect(presentRate({ states, rate: 20, at }, at)).toBe(20);
  expect(presentRate({ states, rate: 20, at, limitedBy: "warm_up" }, at)).toBe(20);
  expect(presentRate({ states, rate: 20, at }, at + 5_000)).toBeNull();
  expect(presentRate({ states, rate: 0, at }, at)).toBeNull();
  expect(presentRate({ states: noCounts, rate: 20, at }, at)).toBeNull();
});

test("messages in doubt wait for proof, ten minutes at most, and not for a turn", () => {
  const states = { ...noCounts, ambiguous: 3, unconfirmed: 60 };
  expect(expectedEnd({ states, rate: 20, at })).toBeNull();
  expect(doubtEndsBy({ states, at }, undefined)).toBe(at + 10 * minuteMs);
  expect(doubtEndsBy({ states, at }, { resolveWindowMs: 60 * minuteMs })).toBe(at + 60 * minuteMs);
  expect(doubtEndsBy({ states: noCounts, at }, undefined)).toBeNull();
});
