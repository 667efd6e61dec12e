import fc from "fast-check";
import { expect, test } from "vitest";
import { phases } from "../campaign/lifecycle.ts";
import { outcomeOf } from "./outcome.ts";
import type { Headline } from "./headline.ts";

function counters(part: Partial<Headline>): Headline {
  return { total: 0, sent: 0, delivered: 0, failed: 0, skipped: 0, toGo: 0, ...part };
}

test.each([
  ["every message was accepted", counters({ total: 3, sent: 3 }), "sent"],
  ["some failed", counters({ total: 3, sent: 2, failed: 1 }), "partial"],
  ["all failed", counters({ total: 3, failed: 3 }), "failed"],
  ["some were skipped, none failed", counters({ total: 3, sent: 2, skipped: 1 }), "sent"],
  ["all were skipped", counters({ total: 3, skipped: 3 }), "failed"],
  ["nobody was in the audience", counters({}), "empty"],
] as const)("I-3 a completed campaign of which %s has that outcome", (_, given, outcome) => {
  expect(outcomeOf("completed", given)).toBe(outcome);
});

test("a running campaign is in transit, whatever it has reached so far", () => {
  for (const phase of ["preparing", "active", "paused", "settling"] as const) {
    expect(outcomeOf(phase, counters({ total: 3, sent: 3 }))).toBe("transit");
    expect(outcomeOf(phase, null)).toBe("transit");
  }
});

test("a campaign that was never launched has no outcome", () => {
  for (const phase of ["draft", "pending", "scheduled"] as const) {
    expect(outcomeOf(phase, null)).toBe("none");
  }
});

test("a canceled campaign is stopped, or partial once something went out", () => {
  expect(outcomeOf("canceled", null)).toBe("stopped");
  expect(outcomeOf("canceled", counters({ total: 5, skipped: 5 }))).toBe("stopped");
  expect(outcomeOf("canceled", counters({ total: 5, sent: 2, skipped: 3 }))).toBe("partial");
});

test("sent never hides a failure", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...phases),
      fc.nat(9),
      fc.nat(9),
      fc.nat(9),
      (phase, sent, failed, skipped) => {
        const given = counters({ total: sent + failed + skipped, sent, failed, skipped });
        expect(outcomeOf(phase, given) === "sent" && failed > 0).toBe(false);
      },
    ),
  );
});
