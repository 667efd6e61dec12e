import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dayMs, hourMs } from "../core/time.ts";
import { nextOccurrence, occurrences, wrongPartOf, type Repeat } from "./repeat.ts";
import { instantOf, wallTimeOf } from "./wall-time.ts";

const before = Date.UTC(2026, 0, 1);

function walls(repeat: Repeat, zone: string, count: number, after = before): readonly string[] {
  return occurrences(repeat, zone, { after, count }).map(({ wall }) => wall);
}

function utc(repeat: Repeat, zone: string, count: number, after = before): readonly string[] {
  return occurrences(repeat, zone, { after, count }).map(({ at }) =>
    new Date(at).toISOString().slice(0, 16),
  );
}

describe("a rule of repetition", () => {
  test("every day keeps what clocks show when they change, and so moves in UTC", () => {
    const repeat: Repeat = { from: "2026-03-28T09:00", every: "day", interval: 1 };
    expect(utc(repeat, "Europe/Berlin", 3)).toEqual([
      "2026-03-28T08:00",
      "2026-03-29T07:00",
      "2026-03-30T07:00",
    ]);
  });

  test("in the hour that is skipped it is the moment after; in the doubled hour it is once", () => {
    const repeat: Repeat = { from: "2026-03-28T02:30", every: "day", interval: 1 };
    expect(utc(repeat, "Europe/Berlin", 3)).toEqual([
      "2026-03-28T01:30",
      "2026-03-29T01:00",
      "2026-03-30T00:30",
    ]);
    const autumn = Date.UTC(2026, 9, 24, 12);
    expect(utc(repeat, "Europe/Berlin", 2, autumn)).toEqual([
      "2026-10-25T00:30",
      "2026-10-26T01:30",
    ]);
  });

  test("a day that a zone left out is not a second time on the next", () => {
    const repeat: Repeat = { from: "2011-12-29T00:00", every: "day", interval: 1 };
    const at = occurrences(repeat, "Pacific/Apia", { after: Date.UTC(2011, 11, 1), count: 3 });
    expect(at.map((each) => wallTimeOf(each.at, "Pacific/Apia"))).toEqual([
      "2011-12-29T00:00",
      "2011-12-31T00:00",
      "2012-01-01T00:00",
    ]);
  });

  test("of a week it is the chosen days, from the first day on, and every second week only", () => {
    // A Wednesday.
    const repeat: Repeat = {
      from: "2026-11-25T08:00",
      every: "week",
      interval: 2,
      weekdays: [5, 1],
    };
    expect(walls(repeat, "UTC", 5)).toEqual([
      "2026-11-27T08:00",
      "2026-12-07T08:00",
      "2026-12-11T08:00",
      "2026-12-21T08:00",
      "2026-12-25T08:00",
    ]);
  });

  test("without chosen days it is the weekday of the first", () => {
    const repeat: Repeat = { from: "2026-11-22T08:00", every: "week", interval: 1 };
    expect(walls(repeat, "UTC", 2)).toEqual(["2026-11-22T08:00", "2026-11-29T08:00"]);
  });

  test("of a month that is too short it is the last day, and the next has its own again", () => {
    const repeat: Repeat = { from: "2027-12-31T10:00", every: "month", interval: 1 };
    expect(walls(repeat, "UTC", 4)).toEqual([
      "2027-12-31T10:00",
      "2028-01-31T10:00",
      "2028-02-29T10:00",
      "2028-03-31T10:00",
    ]);
    const other: Repeat = { ...repeat, from: "2026-11-22T10:00", monthDay: 1, interval: 3 };
    expect(walls(other, "UTC", 2)).toEqual(["2027-02-01T10:00", "2027-05-01T10:00"]);
  });

  test("it ends with its last day, that day included, or when it was often enough", () => {
    const repeat: Repeat = { from: "2026-11-22T10:00", every: "day", interval: 1 };
    expect(walls({ ...repeat, until: "2026-11-24" }, "Asia/Tokyo", 9)).toHaveLength(3);
    expect(walls({ ...repeat, times: 2 }, "Asia/Tokyo", 9)).toHaveLength(2);
    expect(walls({ ...repeat, until: "2026-11-21" }, "Asia/Tokyo", 9)).toEqual([]);
  });

  test.each([
    [{ from: "2026-02-30T10:00" }, "from"],
    [{ interval: 0 }, "interval"],
    [{ interval: 1.5 }, "interval"],
    [{ weekdays: [] }, "weekdays"],
    [{ weekdays: [1, 1] }, "weekdays"],
    [{ weekdays: [8] }, "weekdays"],
    [{ monthDay: 32 }, "monthDay"],
    [{ until: "soon" }, "until"],
    [{ times: 0 }, "times"],
  ] as const)("what means nothing is named: %o", (wrong, field) => {
    const repeat: Repeat = { from: "2026-11-22T10:00", every: "day", interval: 1, ...wrong };
    expect(wrongPartOf(repeat)).toBe(field);
    expect(nextOccurrence(repeat, "UTC", before)).toBeNull();
  });
});

const zone = fc.constantFrom(...Intl.supportedValuesOf("timeZone"));
const rule: fc.Arbitrary<Repeat> = fc
  .record({
    day: fc.integer({ min: Date.UTC(2025, 0, 1) / dayMs, max: Date.UTC(2031, 0, 1) / dayMs }),
    minutes: fc.integer({ min: 0, max: 1_439 }),
    every: fc.constantFrom("day" as const, "week" as const, "month" as const),
    interval: fc.integer({ min: 1, max: 5 }),
    weekdays: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
    monthDay: fc.integer({ min: 1, max: 31 }),
  })
  .map(({ day, minutes, ...rest }) => ({
    from: new Date(day * dayMs + minutes * 60_000).toISOString().slice(0, 16),
    ...rest,
  }));

describe("in every zone and by every rule", () => {
  test("times rise, clocks show the rule's time, and no day of the rule is left out", () => {
    fc.assert(
      fc.property(zone, rule, (name, repeat) => {
        const found = occurrences(repeat, name, { after: Date.UTC(2025, 0, 1), count: 40 });
        expect(found).toHaveLength(40);
        for (const [index, { at, wall }] of found.entries()) {
          const previous = found[index - 1];
          if (previous !== undefined) expect(at).toBeGreaterThan(previous.at);
          expect(wall.slice(10)).toBe(repeat.from.slice(10));
          expect(at).toBe(instantOf(wall, name));
          expect(fits(repeat, wall)).toBe(true);
          if (previous !== undefined) expect(skipped(repeat, previous.wall, wall)).toEqual([]);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("whatever the moment, the next time is the first of all that are after it", () => {
    fc.assert(
      fc.property(zone, rule, fc.integer({ min: 0, max: 2_000 }), (name, repeat, hours) => {
        const start = instantOf(repeat.from, name) ?? 0;
        const after = start + hours * hourMs;
        const all = occurrences(repeat, name, { after: start - 1, count: 120 });
        const first = all.find(({ at }) => at > after);
        if (first === undefined) return;
        expect(nextOccurrence(repeat, name, after)).toEqual(first);
      }),
      { numRuns: 100 },
    );
  });
});

/** The rule said day by day, by another way than the one that is tested. */
function fits(repeat: Repeat, wall: string): boolean {
  const day = new Date(`${wall.slice(0, 10)}T00:00Z`);
  const from = new Date(`${repeat.from.slice(0, 10)}T00:00Z`);
  const days = Math.round((day.getTime() - from.getTime()) / dayMs);
  if (days < 0) return false;
  const weekday = day.getUTCDay() === 0 ? 7 : day.getUTCDay();
  if (repeat.every === "day") return days % repeat.interval === 0;
  if (repeat.every === "week") {
    const fromWeekday = from.getUTCDay() === 0 ? 7 : from.getUTCDay();
    const weeks = Math.floor((days + fromWeekday - 1) / 7);
    return weeks % repeat.interval === 0 && (repeat.weekdays ?? []).includes(weekday);
  }
  const months =
    (day.getUTCFullYear() - from.getUTCFullYear()) * 12 + day.getUTCMonth() - from.getUTCMonth();
  const tomorrow = new Date(day.getTime() + dayMs);
  const isLast = tomorrow.getUTCMonth() !== day.getUTCMonth();
  const wanted = repeat.monthDay ?? 0;
  const isDay = day.getUTCDate() === wanted || (isLast && day.getUTCDate() < wanted);
  return months % repeat.interval === 0 && isDay;
}

/** Days between two times on which the rule would have been, too. */
function skipped(repeat: Repeat, from: string, to: string): readonly string[] {
  const found: string[] = [];
  const end = Date.parse(`${to.slice(0, 10)}T00:00Z`);
  for (let at = Date.parse(`${from.slice(0, 10)}T00:00Z`) + dayMs; at < end; at += dayMs) {
    const day = new Date(at).toISOString().slice(0, 10);
    if (fits(repeat, `${day}T00:00`)) found.push(day);
  }
  return found;
}
