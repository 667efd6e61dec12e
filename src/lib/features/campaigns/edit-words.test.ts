import { expect, test } from "vitest";
import { reachSentences } from "./edit-words.ts";

test("S2-52 before an edit is saved it says who had the earlier text and who gets the new one", () => {
  const [first] = reachSentences({ earlier: 1_200, later: 300 }, { asks: false });
  expect(first).toBe(
    "1,200 recipients have already been sent the earlier text, 300 will get the new one.",
  );
  const one = reachSentences({ earlier: 1, later: 1 }, { asks: false });
  expect(one[0]).toMatch(/^1 recipient has /);
});

test("S0-D7 where launches are approved, it says that the new text is, too", () => {
  expect(reachSentences(null, { asks: true }).at(-1)).toMatch(/approve the new text/);
  expect(reachSentences(null, { asks: false }).join(" ")).not.toMatch(/approve/);
});

test("S0-D1 of a campaign that stays live it says who takes the new text, and whom to ask where it is approved", () => {
  expect(told(0)).toBe("It stays live. Whoever comes in from now on will get the new text.");
  expect(told(1)).toBe(
    "It stays live. 1 recipient who still waits, and whoever comes in from now on will get the new text.",
  );
  expect(told(0, true)).toMatch(/until then it goes on/);
});

function told(later: number, asks = false): string {
  return reachSentences({ earlier: 5, later }, { asks, goesOn: true }).join(" ");
}
