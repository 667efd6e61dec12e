import fc from "fast-check";
import { expect, test } from "vitest";
import {
  emptyWindow,
  hasTooMany,
  windowSize,
  withResult,
  withSuccesses,
} from "./failure-window.ts";

const windowOf = (results: readonly boolean[]) =>
  results.reduce((window, hasFailed) => withResult(window, hasFailed), emptyWindow);

const failed = (n: number) => windowOf(Array.from({ length: windowSize }, (_, i) => i < n));

test("thirty percent of the last two hundred are too many, and fewer are not", () => {
  expect(hasTooMany(failed(59), 30)).toBe(false);
  expect(hasTooMany(failed(60), 30)).toBe(true);
  expect(hasTooMany(failed(200), null)).toBe(false);
});

test("fewer results than the window holds stop nothing", () => {
  expect(hasTooMany(windowOf(Array.from({ length: windowSize - 1 }, () => true)), 30)).toBe(false);
});

test("only the last results count, whatever came before", () => {
  fc.assert(
    fc.property(
      fc.array(fc.boolean(), { maxLength: 300 }),
      fc.array(fc.boolean(), { minLength: windowSize, maxLength: windowSize }),
      (before, last) => {
        const failures = last.filter(Boolean).length;
        expect(windowOf([...before, ...last])).toBe(windowOf(last));
        expect(hasTooMany(windowOf([...before, ...last]), 30)).toBe(failures >= 60);
      },
    ),
  );
});

test("many that did not fail are the same together and one by one", () => {
  fc.assert(
    fc.property(
      fc.array(fc.boolean(), { maxLength: 300 }),
      fc.integer({ min: 0, max: 2 * windowSize }),
      (before, times) => {
        const oneByOne = windowOf([...before, ...Array.from({ length: times }, () => false)]);
        expect(withSuccesses(windowOf(before), times)).toBe(oneByOne);
      },
    ),
  );
});
