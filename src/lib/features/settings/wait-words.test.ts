import { expect, test } from "vitest";
import { minuteMs, secondMs } from "#domain/core/time.ts";
import { waitText } from "./wait-words.ts";

const usual = { usualWindowMs: 10 * minuteMs };

test("an account says how long it waits for a receipt, and what says so", () => {
  expect(waitText(usual)).toBe(
    "Waits 10 min for a receipt: too few have come to learn how long they take",
  );
  const learned = { ...usual, receiptDelay: { p99Ms: 2 * minuteMs, receipts: 12_300 } };
  expect(waitText(learned)).toBe(
    "Waits 4 min for a receipt: twice what 99 of 100 took; learned from 12,300 receipts",
  );
  expect(waitText({ ...learned, resolveWindowMs: 90 * minuteMs })).toBe(
    "Waits 1 h 30 min for a receipt, as somebody chose",
  );
});

test("where receipts are so fast that it waits longer than twice as long, it does not say twice", () => {
  const fast = { ...usual, receiptDelay: { p99Ms: 3 * secondMs, receipts: 600 } };
  expect(waitText(fast)).toBe(
    "Waits 2 min for a receipt: 99 of 100 took 3 s at most; learned from 600 receipts",
  );
});
