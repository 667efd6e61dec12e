import { expect, test } from "vitest";
import { hourMs, minuteMs } from "../core/time.ts";
import { noCounts } from "../message/state.ts";
import { withoutNights } from "./nights.ts";
import { doubtEndsBy, expectedEnd, presentRate, sharedBy } from "./pace.ts";

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

test("quiet hours that begin before the end are waited for, each night", () => {
  const quiet = { from: "21:00", to: "08:00", countries: {}, zone: "Europe/Berlin" };
  const evening = Date.parse("2026-11-22T20:00+01:00");
  const told = (queued: number, over: object = {}) =>
    expectedEnd(
      { states: { ...noCounts, queued }, rate: 1, at: evening, ...over },
      withoutNights(quiet),
    );
  expect(told(3_000)).toBe(evening + 3_000_000);
  expect(told(2 * 3_600)).toBe(Date.parse("2026-11-23T09:00+01:00"));
  // An hour on the first day, thirteen on the next, and one more.
  expect(told(15 * 3_600)).toBe(Date.parse("2026-11-24T09:00+01:00"));
  expect(expectedEnd({ states: { ...noCounts, queued: 2 * 3_600 }, rate: 1, at: evening })).toBe(
    evening + 2 * hourMs,
  );
  // While it is quiet here, those elsewhere go out: only the next night is waited for.
  expect(told(3_600, { at: evening + 2 * hourMs })).toBe(evening + 3 * hourMs);
});

test("who waits for a time of their own goes after it", () => {
  const states = { ...noCounts, queued: 100 };
  const waits = { n: 40, until: at + hourMs };
  expect(expectedEnd({ states, rate: 10, at, waits })).toBe(at + hourMs + 4_000);
  expect(expectedEnd({ states, rate: 10, at, waits: { n: 40, until: at } })).toBe(at + 10_000);
});

test("campaigns share an account that have something to send through it", () => {
  const mine = { id: "c1", accountId: "a1", phase: "active" } as const;
  const other = (over: object, queued = 1) => ({
    campaign: { ...mine, id: "c2", ...over },
    rollup: { states: { ...noCounts, queued } },
  });
  const alone = [other({ id: "c1" }), other({}, 0), other({ phase: "paused" })];
  expect(sharedBy(mine, [...alone, other({ accountId: "a2" })])).toBe(0);
  expect(sharedBy(mine, [...alone, other({}), other({ id: "c3" })])).toBe(2);
});
