import fc from "fast-check";
import { expect, test } from "vitest";
import { hourMs, minuteMs } from "../core/time.ts";
import { entryDueAt, isEventName, mayEnter, wrongPartOfTrigger, type Trigger } from "./trigger.ts";

const once: Trigger = {
  kind: "event",
  event: "order_paid",
  delayMinutes: 30,
  againAfterHours: null,
};

test("S0-D1 once means once; otherwise a person enters again after so many hours, and not before", () => {
  expect(mayEnter(once, null, 0)).toBe(true);
  expect(mayEnter(once, 0, 1_000 * hourMs)).toBe(false);
  const daily = { ...once, againAfterHours: 24 };
  expect(mayEnter(daily, 0, 24 * hourMs - 1)).toBe(false);
  expect(mayEnter(daily, 0, 24 * hourMs)).toBe(true);
  expect(mayEnter({ ...once, againAfterHours: 0 }, 5, 5)).toBe(true);
});

test("the message is due after what happened, never before now and never later for a clock that is ahead", () => {
  expect(entryDueAt(once, 0, 10 * minuteMs)).toBe(30 * minuteMs);
  expect(entryDueAt(once, 0, 90 * minuteMs)).toBe(90 * minuteMs);
  expect(entryDueAt(once, 1_000 * hourMs, 0)).toBe(30 * minuteMs);
  const moment = fc.integer({ min: 0, max: 10_000_000 });
  fc.assert(
    fc.property(moment, moment, moment, (delayMinutes, at, now) => {
      const due = entryDueAt({ ...once, delayMinutes }, at, now);
      expect(due).toBeGreaterThanOrEqual(now);
      expect(due).toBeLessThanOrEqual(now + delayMinutes * minuteMs);
    }),
  );
});

test.each([
  [{ event: "Order Paid" }, "event"],
  [{ event: "" }, "event"],
  [{ delayMinutes: -1 }, "delayMinutes"],
  [{ delayMinutes: 1.5 }, "delayMinutes"],
  [{ againAfterHours: 9_999 }, "againAfterHours"],
] as const)("what means nothing is named: %o", (wrong, field) => {
  expect(wrongPartOfTrigger({ ...once, ...wrong })).toBe(field);
  expect(wrongPartOfTrigger(once)).toBeNull();
  expect(isEventName("code_redeemed")).toBe(true);
});
