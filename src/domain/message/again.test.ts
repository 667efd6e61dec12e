import { expect, test } from "vitest";
import { chanceOf, mayPick, retriedStates, retryPlan } from "./again.ts";
import { reasons } from "./reason.ts";
import { resendDelayMs } from "./retry.ts";
import { messageStates } from "./state.ts";

test("who said no, has no address or a wrong one can never be picked", () => {
  const never = ["opted_out", "suppressed", "no_consent", "invalid_address", "no_address"] as const;
  for (const reason of never) {
    for (const state of retriedStates) expect(mayPick({ state, reason })).toBe(false);
  }
});

test("nothing that is under way or arrived can be picked", () => {
  for (const state of messageStates) {
    const isOver = (retriedStates as readonly string[]).includes(state);
    if (isOver) continue;
    for (const reason of reasons) expect(chanceOf(state, reason)).toBe("open");
  }
});

test("what is sent again by itself, a person may send again, too", () => {
  for (const reason of reasons) {
    if (resendDelayMs({ reason, gen: 1 }) === null) continue;
    expect(mayPick({ state: "undelivered", reason })).toBe(true);
  }
});

const counts = [
  { state: "undelivered", reason: "unreachable", n: 7, segments: 14 },
  { state: "failed", reason: "invalid_address", n: 5, segments: 5 },
  { state: "failed", reason: "auth_failed", n: 3, segments: 3 },
  { state: "unconfirmed", reason: "outcome_unknown", n: 2, segments: 4 },
  { state: "queued", reason: "unreachable", n: 9, segments: 9 },
] as const;

test("one click means exactly those that can succeed as they are, with what it would cost", () => {
  expect(retryPlan(counts)).toEqual({
    rows: [{ state: "undelivered", reason: "unreachable", n: 7, segments: 14 }],
    n: 7,
    segments: 14,
  });
});

test("what is picked is counted, and what may not be picked is not", () => {
  const plan = retryPlan(counts, [
    { state: "failed", reason: "auth_failed" },
    { state: "unconfirmed", reason: "outcome_unknown" },
    { state: "failed", reason: "invalid_address" },
  ]);
  expect(plan.rows.map(({ reason, n }) => [reason, n])).toEqual([
    ["auth_failed", 3],
    ["outcome_unknown", 2],
  ]);
  expect(plan).toMatchObject({ n: 5, segments: 7 });
});

test("where segments are not told there is one for each message", () => {
  expect(retryPlan([{ state: "failed", reason: "network_error", n: 4 }]).segments).toBe(4);
});
