import { expect, test } from "vitest";
import { hourMs, minuteMs } from "../core/time.ts";
import { chosenWindowOf, resolveWindowOf, windowBasisOf } from "./account.ts";

const receiptDelay = { p99Ms: 2 * minuteMs, receipts: 12_300 };

test("proof is waited for as a person chose, else as receipts taught, else as the provider says", () => {
  const usual = { usualWindowMs: 20 * minuteMs };
  expect(resolveWindowOf(usual)).toBe(20 * minuteMs);
  expect(windowBasisOf(usual)).toBe("provider");
  const learned = { ...usual, receiptDelay };
  expect(resolveWindowOf(learned)).toBe(4 * minuteMs);
  expect(windowBasisOf(learned)).toBe("receipts");
  const chosen = { ...learned, resolveWindowMs: hourMs };
  expect(resolveWindowOf(chosen)).toBe(hourMs);
  expect(windowBasisOf(chosen)).toBe("person");
  expect(resolveWindowOf({ ...chosen, resolveWindowMs: null })).toBe(4 * minuteMs);
  expect(resolveWindowOf(null)).toBe(10 * minuteMs);
});

test("of an account that was made before anything was learned, ten minutes are nobody's choice", () => {
  const old = { resolveWindowMs: 10 * minuteMs };
  expect(chosenWindowOf(old)).toBeNull();
  expect(resolveWindowOf({ ...old, receiptDelay })).toBe(4 * minuteMs);
  expect(chosenWindowOf({ resolveWindowMs: 45 * minuteMs })).toBe(45 * minuteMs);
  expect(chosenWindowOf({ ...old, usualWindowMs: 10 * minuteMs })).toBe(10 * minuteMs);
});
