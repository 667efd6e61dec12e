import { expect, test } from "vitest";
import { dayMs, hourMs, minuteMs, secondMs } from "../core/time.ts";
import { cold } from "../message/warm-up.ts";
import { estimateEnd, type EndFacts } from "./end-estimate.ts";

const startsAt = Date.UTC(2026, 10, 22, 12);

function facts(part: Partial<EndFacts> = {}): EndFacts {
  return {
    startsAt,
    releases: [{ at: startsAt, n: 600 }],
    perSecond: null,
    perSender: null,
    perDomain: null,
    inOneDomain: 0,
    pairSeconds: null,
    reached: null,
    warmUp: null,
    onAccount: [],
    onSender: [],
    ...part,
  };
}

test("nothing is said of a speed that nothing tells", () => {
  const unknown = { at: null, limit: null, perSecond: null, sharedWith: 0 };
  expect(estimateEnd(facts())).toEqual(unknown);
  expect(estimateEnd(facts({ perSecond: 10, releases: [] }))).toEqual(unknown);
});

test("the tightest of the limits decides", () => {
  const all = { perSecond: 10, perSender: 5, perDomain: 1, inOneDomain: 60 };
  const sender = { limit: "sender", perSecond: 5, sharedWith: 0 };
  expect(estimateEnd(facts(all))).toEqual({ ...sender, at: startsAt + 2 * minuteMs });
  expect(estimateEnd(facts({ ...all, inOneDomain: 300 }))).toMatchObject({
    limit: "domain",
    at: startsAt + 5 * minuteMs,
  });
});

test("what the account reached of late counts where nobody set a limit", () => {
  expect(estimateEnd(facts({ reached: 20 }))).toMatchObject({
    limit: "provider",
    perSecond: 20,
    at: startsAt + 30 * secondMs,
  });
  expect(estimateEnd(facts({ reached: 20, perSecond: 60 }))).toMatchObject({ limit: "account" });
});

test("a smaller campaign takes what it has left, a larger one no more than this one has", () => {
  const alone = facts({ perSecond: 10 });
  expect(estimateEnd(alone).at).toBe(startsAt + minuteMs);
  expect(estimateEnd({ ...alone, onAccount: [60] })).toMatchObject({
    at: startsAt + 66 * secondMs,
    sharedWith: 1,
  });
  expect(estimateEnd({ ...alone, onAccount: [60, 1_000_000] })).toMatchObject({
    at: startsAt + 126 * secondMs,
    sharedWith: 2,
  });
  expect(estimateEnd({ ...alone, perSender: 10, onSender: [600] })).toMatchObject({
    limit: "sender",
    at: startsAt + 2 * minuteMs,
  });
});

test("who waits goes no faster when the time has come", () => {
  const later = startsAt + hourMs;
  const releases = [
    { at: startsAt, n: 100 },
    { at: later, n: 500 },
  ];
  expect(estimateEnd(facts({ releases, perSecond: 10 }))).toMatchObject({
    limit: "account",
    at: later + 50 * secondMs,
  });
  expect(estimateEnd(facts({ releases }))).toEqual({
    at: later,
    limit: "times",
    perSecond: null,
    sharedWith: 0,
  });
});

test("a warm-up counts what went today, and what others on the sender have left", () => {
  const rule = { firstDay: 100, fullDay: 10_000 };
  const warmth = { ...cold, dayAt: startsAt - hourMs, used: 40 };
  const until = (n: number, part: Partial<EndFacts> = {}): number | null =>
    estimateEnd(facts({ releases: [{ at: startsAt, n }], warmUp: { rule, warmth }, ...part })).at;
  expect(until(60)).toBe(startsAt);
  expect(until(61)).toBe(startsAt - hourMs + dayMs);
  expect(until(60, { onSender: [5] })).toBe(startsAt - hourMs + dayMs);
});

test("whoever another campaign writes to is let rest after it", () => {
  expect(estimateEnd(facts({ pairSeconds: 90, onAccount: [3] }))).toMatchObject({
    limit: "recipient",
    at: startsAt + 90 * secondMs,
  });
});
