import { expect, test } from "vitest";
import { dayAt, spanOf } from "./span.ts";
import { startOfDay } from "./start-of-day.ts";

const now = new Date(2026, 10, 21, 15, 30).getTime();
const day = (date: number, month = 10) => new Date(2026, month, date).getTime();

test("S0-19 S2-18 every range is made of whole days of the device's zone", () => {
  expect(spanOf("today", now)).toEqual({ from: day(21), to: day(22) });
  expect(spanOf("yesterday", now)).toEqual({ from: day(20), to: day(21) });
  expect(spanOf("7d", now)).toEqual({ from: day(15), to: day(22) });
  expect(spanOf("30d", now)).toEqual({ from: day(23, 9), to: day(22) });
  expect(spanOf("last-month", now)).toEqual({ from: day(1, 9), to: day(1) });
  expect(spanOf("all", now)).toEqual({ from: -Infinity, to: Infinity });
});

test("chosen days include the last one, and an open end is open", () => {
  const both = { first: "2026-11-01", last: "2026-11-02" };
  expect(spanOf(both, now)).toEqual({ from: day(1), to: day(3) });
  expect(spanOf({ ...both, first: null }, now)).toEqual({ from: -Infinity, to: day(3) });
  expect(spanOf({ ...both, last: null }, now)).toEqual({ from: day(1), to: Infinity });
});

test("a day starts by the calendar, not after 24 hours", () => {
  for (let days = -200; days < 200; days++) {
    const start = startOfDay(now, days);
    expect(new Date(start).getHours()).toBe(0);
    expect(spanOf({ first: dayAt(start), last: dayAt(start) }, now).from).toBe(start);
  }
});
