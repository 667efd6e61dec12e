import { expect, test } from "vitest";
import { countedOutlines, stepOf, steps, worldOutlines } from "./world.ts";

test("nearly every country has its letters and an outline, none has another's", () => {
  const outlines = worldOutlines();
  const codes = outlines.map(({ code }) => code).filter((code) => code !== "");
  expect(new Set(codes).size).toBe(codes.length);
  expect(codes).toEqual(expect.arrayContaining(["DE", "FR", "US", "BR", "IN", "ZA", "NZ"]));
  expect(codes.length).toBeGreaterThan(170);
  expect(outlines.every(({ path }) => path.startsWith("M"))).toBe(true);
});

test("more clicks are never a lighter step, and one click is always seen", () => {
  const seen = [0, 1, 2, 10, 40, 60, 99, 100].map((n) => stepOf(n, 100));
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  expect([seen[0], seen[1], seen.at(-1)]).toEqual([0, 1, steps]);
  expect(stepOf(1, 0)).toBe(0);
});

test("S1-17 clicks of which no country is known colour none, and make none lighter", () => {
  const nowhere = { code: "", path: "M0,0" };
  const france = { code: "FR", path: "M1,1" };
  const counts = new Map([
    ["", 1_000],
    ["FR", 3],
  ]);
  expect(countedOutlines([nowhere, france], counts)).toEqual([
    { ...nowhere, n: 0, step: 0 },
    { ...france, n: 3, step: steps },
  ]);
});
