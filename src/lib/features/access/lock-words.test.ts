import { dayMs } from "#domain/core/time.ts";
import { expect, test } from "vitest";
import { keptText, removalText, wayText, whyText } from "./lock-words.ts";

const until = Date.UTC(2026, 10, 22, 12);
const over = {
  why: "over",
  wall: until + dayMs,
  until,
  seen: until + dayMs,
  wipeAt: until + 7 * dayMs,
  unsent: 2,
} as const;
const unsure = { ...over, why: "unsure", wall: Date.UTC(2036, 1, 9, 12) } as const;

test("a locked device says why, what is kept, what to do, and what comes otherwise", () => {
  expect(whyText(over)).toContain("It has been locked since Nov 22, 2026.");
  expect(keptText(over)).toMatch(/^2 changes have not been sent\. They are kept here/);
  expect(keptText({ ...over, unsent: 0 })).toContain("Nothing is unsent");
  expect(wayText(over)).toContain("opens by itself when the server answers");
  expect(removalText(over)).toMatch(/with what was not sent, is removed after Nov 29, 2026/);
});

test("a clock that is years off is named, with the way to mend it", () => {
  expect(whyText(unsure)).toContain("clock shows Feb 9, 2036");
  expect(wayText(unsure)).toContain("Set the clock right");
  expect(removalText(unsure)).toBe("Nothing was removed.");
});
