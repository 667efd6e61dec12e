import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dayMs, hourMs } from "../core/time.ts";
import {
  beginsAt,
  dayNumberOf,
  dueOn,
  firesOn,
  firstDayAfter,
  readDate,
  wantedOn,
  wrongPartOfOccasions,
  type Occasions,
} from "./occasion.ts";
import { wallTimeOf } from "./wall-time.ts";

const birthday: Occasions = {
  field: "Birthday",
  every: "year",
  days: 0,
  time: "09:00",
  zone: "Europe/Berlin",
  local: false,
  order: "dayFirst",
};

function day(text: string): number {
  return Date.parse(`${text}T00:00Z`) / dayMs;
}

describe("a date is read from what imports bring", () => {
  test.each([
    ["1990-05-17", 1990, 5, 17],
    ["1990-05-17T00:00:00.000Z", 1990, 5, 17],
    ["1990/5/7", 1990, 5, 7],
    ["--05-17", null, 5, 17],
    ["02-29", null, 2, 29],
    ["17.5.1990", 1990, 5, 17],
    ["17.05.", null, 5, 17],
    ["3/4/1990", 1990, 4, 3],
    ["13/4/1990", 1990, 4, 13],
    ["4/13/1990", 1990, 4, 13],
    [" 03-04-1990 ", 1990, 4, 3],
  ])("%s", (text, year, month, dayOfMonth) => {
    expect(readDate(text, "dayFirst")).toEqual({ year, month, day: dayOfMonth });
  });

  test("which comes first decides where both can", () => {
    expect(readDate("3/4/1990", "monthFirst")).toEqual({ year: 1990, month: 3, day: 4 });
    expect(readDate("31/4/1990", "dayFirst")).toBeNull();
  });

  test.each(["", "soon", "1990-02-30", "1999-02-29", "13-32", "1990-05", "5/17/90", "2026-13-01"])(
    "%o is none",
    (text) => {
      expect(readDate(text, "dayFirst")).toBeNull();
    },
  );

  test("every real day is read back as itself", () => {
    fc.assert(
      fc.property(fc.integer({ min: day("0100-01-01"), max: day("9999-12-31") }), (number) => {
        const date = readDate(new Date(number * dayMs).toISOString().slice(0, 10), "dayFirst");
        expect(date === null ? null : dayNumberOf(date)).toBe(number);
      }),
    );
  });
});

test("a birthday comes once in each year, on its day or, for 29 February, on 28 where there is none", () => {
  const months = fc.record({
    month: fc.integer({ min: 1, max: 12 }),
    day: fc.integer({ min: 1, max: 28 }),
  });
  fc.assert(
    fc.property(
      fc.oneof(months, fc.constant({ month: 2, day: 29 })),
      fc.integer({ min: 1971, max: 2100 }),
      fc.integer({ min: -366, max: 366 }),
      (date, year, days) => {
        const occasions = { ...birthday, days };
        const first = day(`${year}-01-01`) + days;
        const fires: number[] = [];
        for (let at = first; at < day(`${year + 1}-01-01`) + days; at++) {
          if (firesOn(occasions, { year: null, ...date }, at)) fires.push(at - days);
        }
        expect(fires).toHaveLength(1);
        const shown = new Date((fires[0] ?? 0) * dayMs);
        const isLeap = new Date(Date.UTC(year, 1, 29)).getUTCMonth() === 1;
        const expected = date.day === 29 && !isLeap ? 28 : date.day;
        expect([shown.getUTCMonth() + 1, shown.getUTCDate()]).toEqual([date.month, expected]);
      },
    ),
    { numRuns: 60 },
  );
});

test("who was born later, or has no year for what comes once, has no such day", () => {
  expect(firesOn(birthday, { year: 2027, month: 5, day: 17 }, day("2026-05-17"))).toBe(false);
  expect(firesOn(birthday, { year: 2026, month: 5, day: 17 }, day("2026-05-17"))).toBe(true);
  const end = { ...birthday, every: "once", days: -30 } as const;
  expect(firesOn(end, { year: 2026, month: 12, day: 31 }, day("2026-12-01"))).toBe(true);
  expect(firesOn(end, { year: 2027, month: 12, day: 31 }, day("2026-12-01"))).toBe(false);
  expect(firesOn(end, { year: null, month: 12, day: 31 }, day("2026-12-01"))).toBe(false);
  expect(wantedOn(birthday, day("2027-02-28")).monthDays).toEqual([228, 229]);
  expect(wantedOn(birthday, day("2028-02-28")).monthDays).toEqual([228]);
});

test("clocks that change are kept to: in the skipped hour it is the moment after it", () => {
  const early = { ...birthday, time: "02:30" };
  const spring = dueOn(early, day("2026-03-29"), "Europe/Berlin");
  expect(wallTimeOf(spring, "Europe/Berlin")).toBe("2026-03-29T03:00");
  expect(dueOn(birthday, day("2026-03-29"), "Europe/Berlin")).toBe(Date.UTC(2026, 2, 29, 7));
  expect(dueOn(birthday, day("2026-03-28"), "Europe/Berlin")).toBe(Date.UTC(2026, 2, 28, 8));
});

test("no day is passed over and none begins twice, in any zone, whenever it is set live", () => {
  const zones = fc.constantFrom("Europe/Berlin", "Pacific/Kiritimati", "America/Adak", "UTC");
  const time = fc.constantFrom("00:00", "02:30", "09:00", "23:59");
  const moment = fc.integer({ min: Date.UTC(2024, 0), max: Date.UTC(2032, 0) });
  fc.assert(
    fc.property(moment, zones, time, fc.boolean(), (now, zone, at, local) => {
      const occasions = { ...birthday, zone, time: at, local };
      const first = firstDayAfter(occasions, now);
      if (!local) {
        expect(beginsAt(occasions, first)).toBeGreaterThan(now);
        expect(beginsAt(occasions, first - 1)).toBeLessThanOrEqual(now);
      }
      for (const own of ["Pacific/Kiritimati", "Etc/GMT+12", zone]) {
        expect(dueOn(occasions, first, local ? own : zone)).toBeGreaterThanOrEqual(
          beginsAt(occasions, first),
        );
      }
      expect(beginsAt(occasions, first + 1) - beginsAt(occasions, first)).toBeLessThan(26 * hourMs);
    }),
  );
});

test.each([
  [{ field: " " }, "field"],
  [{ days: 367 }, "days"],
  [{ days: 0.5 }, "days"],
  [{ time: "24:00" }, "time"],
  [{ time: "9:00" }, "time"],
  [{ zone: "Mars/Olympus" }, "zone"],
] as const)("what means nothing is named: %o", (wrong, field) => {
  expect(wrongPartOfOccasions({ ...birthday, ...wrong })).toBe(field);
  expect(wrongPartOfOccasions(birthday)).toBeNull();
});
