import { expect, test } from "vitest";
import { createPace } from "./pace.ts";

test("what was sent in a moment is no rate yet: it counts as a second's, or as that of the time asked for", () => {
  const pace = createPace();
  for (let n = 0; n < 100; n++) pace.note(1_000 + n / 10);
  expect(pace.rate(1_010)).toBe(100);
  expect(pace.rate(1_010, 200)).toBe(500);
});

test("after that the time asked for changes nothing", () => {
  const pace = createPace();
  for (let at = 1_000; at < 5_000; at += 10) pace.note(at);
  expect(pace.rate(5_000)).toBe(100);
  expect(pace.rate(5_000, 200)).toBe(100);
});

test("only the last ten seconds count", () => {
  const pace = createPace();
  pace.note(1_000);
  expect(pace.rate(30_000)).toBe(0);
});
