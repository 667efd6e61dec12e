import { expect, test } from "vitest";
import { monthOf, nameOfMonth, startOfMonth } from "./month.ts";

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
