import { expect, test } from "vitest";
import { byDay, rangeOf, spanOf, startOfDay } from "./range.ts";

const now = new Date(2026, 10, 21, 15, 30).getTime();
const day = (date: number, month = 10) => new Date(2026, month, date).getTime();

test("S0-19 every range is made of whole days of the device's zone", () => {
  expect(spanOf("today", now)).toEqual({ from: day(21), to: day(22) });
  expect(spanOf("yesterday", now)).toEqual({ from: day(20), to: day(21) });
  expect(spanOf("7d", now)).toEqual({ from: day(15), to: day(22) });
  expect(spanOf("30d", now)).toEqual({ from: day(23, 9), to: day(22) });
  expect(spanOf("all", now)).toEqual({ from: -Infinity, to: Infinity });
});

test("a chosen range includes its last day, and an open end is open", () => {
  expect(spanOf("custom", now, "2026-11-01", "2026-11-02")).toEqual({ from: day(1), to: day(3) });
  expect(spanOf("custom", now, "", "2026-11-02").from).toBe(-Infinity);
  expect(spanOf("custom", now, "nonsense", "").to).toBe(Infinity);
});

test("a day starts by the calendar, not after 24 hours", () => {
  for (let days = -200; days < 200; days++) {
    expect(new Date(startOfDay(now, days)).getHours()).toBe(0);
  }
});

test("events are grouped by their day, newest first as they came", () => {
  const groups = byDay([{ at: now }, { at: day(21) }, { at: day(20) + 5 }]);
  expect(groups.map((group) => [group.day, group.entries.length])).toEqual([
    [day(21), 2],
    [day(20), 1],
  ]);
});

test("an unknown range in the address shows everything", () => {
  expect(rangeOf("soon")).toBe("all");
  expect(rangeOf("7d")).toBe("7d");
});
