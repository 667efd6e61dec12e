import { expect, test } from "vitest";
import { createDraw, defaultAlphabet, guessesPerDay, patternFor, safePlaces } from "./pattern.ts";

test("codes are as long as a day of guessing needs to have less than one chance in a million", () => {
  for (const issued of [1, 100, 20_000, 1_000_000, 10_000_000]) {
    const places = safePlaces(defaultAlphabet, issued);
    const chance = (length: number) => (guessesPerDay * issued) / defaultAlphabet.length ** length;
    expect(chance(places)).toBeLessThan(1e-6);
    expect(chance(places - 1)).toBeGreaterThanOrEqual(1e-6);
  }
  expect(patternFor({}, 1_000)).toEqual({
    ok: true,
    value: { pattern: "#########", alphabet: defaultAlphabet },
  });
});

test.each([
  [{ length: 6 }, "length", "leaves 6 characters to chance"],
  [{ pattern: "SUMMER-####" }, "pattern", "it takes 9"],
  [{ pattern: "SUMMER" }, "pattern", "leaves 0"],
  [{ pattern: "SUMMER ##########" }, "pattern", "must be letters"],
  [{ pattern: "#".repeat(65) }, "pattern", "at most 64"],
  [{ alphabet: "A" }, "alphabet", "at least 2"],
  [{ alphabet: "aA23456789" }, "alphabet", "each once whatever its case"],
] as const)("%j is refused for its %s", (wish, field, words) => {
  expect(patternFor(wish, 1_000)).toMatchObject({
    ok: false,
    error: { field, words: expect.stringContaining(words) },
  });
});

test("every character is drawn as often as the others, from bytes that are not", () => {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ23456";
  // Every byte as often as the others: by remainder alone the first letters would come more often.
  const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  const draw = createDraw({ pattern: `X-${"#".repeat(31)}`, alphabet }, () => all);
  const counts = new Map<string, number>();
  for (let made = 0; made < 8; made++) {
    const code = draw();
    expect(code).toMatch(/^X-.{31}$/);
    for (const letter of code.slice(2)) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  }
  expect([...counts.values()]).toEqual(Array.from({ length: 31 }, () => 8));
});
