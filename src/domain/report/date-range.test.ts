import fc from "fast-check";
import { expect, test } from "vitest";
import { datePresets, dayAfter, daysOf, readRange, writeRange } from "./date-range.ts";

const today = "2026-03-01";

test("S2-19 there are eight ranges to choose from, each of whole days with today as the last", () => {
  expect(datePresets).toHaveLength(8);
  const days = Object.fromEntries(datePresets.map((preset) => [preset, daysOf(preset, today)]));
  expect(days).toEqual({
    today: { first: "2026-03-01", last: "2026-03-01" },
    yesterday: { first: "2026-02-28", last: "2026-02-28" },
    "7d": { first: "2026-02-23", last: "2026-03-01" },
    "14d": { first: "2026-02-16", last: "2026-03-01" },
    "30d": { first: "2026-01-31", last: "2026-03-01" },
    "90d": { first: "2025-12-02", last: "2026-03-01" },
    month: { first: "2026-03-01", last: "2026-03-01" },
    "last-month": { first: "2026-02-01", last: "2026-02-28" },
  });
});

test("S2-22 all is from the beginning of time", () => {
  expect(daysOf("all", today)).toEqual({ first: null, last: null });
});

test("an address is read as what was written, and turned around where its ends are", () => {
  const ranges = ["all", ...datePresets, { first: "2024-02-29", last: "2024-03-01" }] as const;
  for (const range of ranges) expect(readRange(writeRange(range))).toEqual(range);
  const turned = { show: "custom", from: "2026-03-02", to: "2026-03-01" };
  expect(readRange(turned)).toEqual({ first: "2026-03-01", last: "2026-03-02" });
  expect(readRange({ ...turned, from: null })).toEqual({ first: null, last: "2026-03-01" });
});

test("what is no range or no day is none", () => {
  for (const from of ["2026-02-29", "2026-13-01", "26-1-1", "soon", ""]) {
    expect(readRange({ show: "custom", from, to: null })).toBeNull();
  }
  expect(readRange({ show: "ever", from: "2026-03-01", to: null })).toBeNull();
});

test("days are counted by the calendar", () => {
  fc.assert(
    fc.property(fc.integer({ min: -20_000, max: 20_000 }), fc.integer({ min: 0 }), (days, seed) => {
      const day = new Date((seed % 30_000) * 86_400_000).toISOString().slice(0, 10);
      const later = dayAfter(day, days);
      expect(dayAfter(later, -days)).toBe(day);
      expect(later > day).toBe(days > 0);
    }),
  );
});
