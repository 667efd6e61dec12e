import { expect, test } from "vitest";
import { noCounts } from "../message/state.ts";
import { glanceOf } from "./glance.ts";

const of = (states: Partial<typeof noCounts>) => {
  const counts = { ...noCounts, ...states };
  return glanceOf({ states: counts, total: Object.values(counts).reduce((sum, n) => sum + n, 0) });
};

test("one sentence says what was sent, what arrived and what is missing", () => {
  expect(of({ delivered: 1_200, submitted: 34, failed: 12, skipped: 3, queued: 1 })).toBe(
    "Sent to 1,234 of 1,250, 97.2% of them delivered so far, 12 failed, 3 skipped, 1 to go.",
  );
});

test("all of them is said of all of them alone, and none of none", () => {
  expect(of({ delivered: 50 })).toBe("Sent to 50 of 50, 100% of them delivered so far.");
  expect(of({ delivered: 9_999, submitted: 1 })).toContain("99.9% of them");
  expect(of({ delivered: 1, submitted: 9_999 })).toContain("0.1% of them");
  expect(of({ failed: 7 })).toBe("Sent to 0 of 7, 7 failed.");
  expect(of({})).toBe("There was nobody to send it to.");
});
