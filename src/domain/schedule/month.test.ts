import { expect, test } from "vitest";
import { monthAround, monthOf, nameOfMonth, startOfMonth } from "./month.ts";

test("a month begins when clocks in the zone show it", () => {
  const newYear = Date.parse("2027-01-01T00:00:00Z");
  expect(nameOfMonth(monthOf(newYear, "UTC"))).toBe("2027-01");
  expect(nameOfMonth(monthOf(newYear - 1, "UTC"))).toBe("2026-12");
  expect(nameOfMonth(monthOf(newYear, "America/New_York"))).toBe("2026-12");
  expect(nameOfMonth(monthOf(newYear - 1, "Asia/Tokyo"))).toBe("2027-01");
});

test("a moment lies between the starts of its month and of the next one", () => {
  for (const zone of ["UTC", "Europe/Berlin", "Asia/Kathmandu", "Africa/Cairo"]) {
    for (let month = 2026 * 12; month < 2028 * 12; month++) {
      const from = startOfMonth(month, zone);
      expect(monthOf(from, zone)).toBe(month);
      expect(monthOf(from - 1, zone)).toBe(month - 1);
    }
  }
});

test("whatever was asked before, a moment lies in its own month of its own zone", () => {
  const hourMs = 3_600_000;
  const turns = ["2026-03-31T00:00Z", "2026-12-31T00:00Z", "2027-02-28T00:00Z"].map(Date.parse);
  for (const turn of turns) {
    for (const zone of ["UTC", "Asia/Tokyo", "America/New_York"]) {
      // To and fro across the end of the month.
      for (const hours of [0, 40, 12, 30, 24, 23, -700, 47]) {
        const at = turn + hours * hourMs;
        const { month, from, to } = monthAround(at, zone);
        expect(month).toBe(monthOf(at, zone));
        expect([from, to]).toEqual([startOfMonth(month, zone), startOfMonth(month + 1, zone)]);
      }
    }
  }
});
