import { expect, test } from "vitest";
import { leftOutText, waitsText } from "./retry-words.ts";

test("who is left out is named by what came since", () => {
  const text = "";
  const leftOut = [
    { reason: "no_consent", text, n: 10 },
    { reason: "suppressed", text, n: 2 },
  ] as const;
  expect(leftOutText({ asked: 40, leftOut: [...leftOut] })).toBe(
    "12 of 40 are left out: 10 opted out since and 2 on the suppression list since.",
  );
  const one = [{ reason: "budget_reached", text, n: 1 }] as const;
  expect(leftOutText({ asked: 1, leftOut: [...one] })).toBe(
    "1 of 1 is left out: 1 not within the budget.",
  );
  expect(leftOutText({ asked: 3, leftOut: [] })).toBeNull();
});

test("who waits for their time is told with the last of it", () => {
  expect(waitsText({ waits: null })).toBeNull();
  const until = "2026-11-22T08:00:00.000Z";
  expect(waitsText({ waits: { n: 3, until } })).toMatch(/^3 recipients wait .* until .+\.$/);
});
