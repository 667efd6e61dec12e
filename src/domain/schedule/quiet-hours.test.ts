import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dayMs, hourMs, minuteMs } from "../core/time.ts";
import {
  isDailySpan,
  quietSpanOf,
  quietUntil,
  usualQuietHours,
  type DailySpan,
} from "./quiet-hours.ts";
import { instantOf, wallTimeOf } from "./wall-time.ts";

const night: DailySpan = usualQuietHours;

function at(wall: string, zone: string): number {
  return instantOf(wall, zone) ?? Number.NaN;
}

/** What clocks show when it ends to be quiet; null when it is not quiet. */
function ends(wall: string, zone: string, span = night): string | null {
  const until = quietUntil(at(wall, zone), span, [zone]);
  return until === null ? null : wallTimeOf(until, zone);
}

describe("quiet hours", () => {
  test("wrap midnight, and end at their hour of the right day", () => {
    expect(ends("2026-11-21T20:59", "Asia/Tokyo")).toBeNull();
    expect(ends("2026-11-21T21:00", "Asia/Tokyo")).toBe("2026-11-22T08:00");
    expect(ends("2026-11-22T07:59", "Asia/Tokyo")).toBe("2026-11-22T08:00");
    expect(ends("2026-11-22T08:00", "Asia/Tokyo")).toBeNull();
    expect(ends("2026-12-31T23:00", "Asia/Tokyo")).toBe("2027-01-01T08:00");
  });

  test("may lie within a day", () => {
    const rest = { from: "12:00", to: "14:30" };
    expect(ends("2026-11-21T13:00", "Europe/Madrid", rest)).toBe("2026-11-21T14:30");
    expect(ends("2026-11-21T14:30", "Europe/Madrid", rest)).toBeNull();
    expect(ends("2026-11-21T02:00", "Europe/Madrid", rest)).toBeNull();
  });

  test("end by the clocks of the morning, whichever way they were changed at night", () => {
    for (const [eve, hours] of [
      ["2026-03-28T21:00", 10],
      ["2026-10-24T21:00", 12],
    ] as const) {
      const from = at(eve, "Europe/Berlin");
      expect(quietUntil(from, night, ["Europe/Berlin"])).toBe(from + hours * hourMs);
    }
  });

  test("wait for the morning everywhere when nobody knows in which zone it is", () => {
    const zones = ["America/New_York", "America/Los_Angeles"];
    const morning = at("2026-11-21T08:30", "America/New_York");
    expect(quietUntil(morning, night, zones)).toBe(at("2026-11-21T08:00", "America/Los_Angeles"));
    const evening = at("2026-11-21T18:30", "America/Los_Angeles");
    expect(quietUntil(evening, night, zones)).toBe(at("2026-11-22T08:00", "America/Los_Angeles"));
    expect(quietUntil(at("2026-11-21T12:00", "America/New_York"), night, zones)).toBeNull();
  });

  test("come to an end even for zones that are never awake together", () => {
    const zones = ["Pacific/Auckland", "Europe/London"];
    const short = { from: "10:00", to: "09:00" };
    const now = Date.UTC(2026, 10, 21, 12);
    const until = quietUntil(now, short, zones) ?? 0;
    expect(until).toBeGreaterThan(now);
    expect(until).toBeLessThan(now + 6 * dayMs);
  });

  test("are those of the country where it has others", () => {
    const quiet = {
      ...usualQuietHours,
      zone: "UTC",
      countries: { FR: { from: "20:00", to: "09:00" } },
    };
    expect(quietSpanOf(quiet, "fr")).toEqual({ from: "20:00", to: "09:00" });
    expect(quietSpanOf(quiet, "DE")).toMatchObject({ from: "21:00", to: "08:00" });
    expect(quietSpanOf(quiet, "")).toMatchObject({ from: "21:00", to: "08:00" });
  });

  test("are two different times of day", () => {
    expect(isDailySpan(night)).toBe(true);
    for (const [from, to] of [
      ["21:00", "21:00"],
      ["24:00", "08:00"],
      ["9:00", "10:00"],
      ["21:60", "08:00"],
    ] as const) {
      expect(isDailySpan({ from, to })).toBe(false);
    }
  });
});

const time = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
  .map((parts) => parts.map((part) => String(part).padStart(2, "0")).join(":"));
const span = fc.record({ from: time, to: time }).filter(isDailySpan);
const zone = fc.constantFrom(
  "UTC",
  "Europe/Berlin",
  "America/New_York",
  "Australia/Lord_Howe",
  "Asia/Kathmandu",
  "Pacific/Apia",
  "America/St_Johns",
);
const moment = fc
  .integer({ min: Date.UTC(2026, 0, 1) / minuteMs, max: Date.UTC(2027, 11, 31) / minuteMs })
  .map((minutes) => minutes * minuteMs);

function isQuiet(when: number, { from, to }: DailySpan, name: string): boolean {
  const now = wallTimeOf(when, name).slice(11);
  return from < to ? now >= from && now < to : now >= from || now < to;
}

test("it is quiet until exactly the first minute that is not, in every zone and across changes of clocks", () => {
  fc.assert(
    fc.property(moment, span, zone, (now, hours, name) => {
      const until = quietUntil(now, hours, [name]);
      if (!isQuiet(now, hours, name)) {
        expect(until).toBeNull();
        return;
      }
      const end = until ?? 0;
      expect(end).toBeGreaterThan(now);
      expect(isQuiet(end, hours, name)).toBe(false);
      for (let part = 0; part < 20; part++) {
        const between = now + Math.floor((((end - now) / minuteMs) * part) / 20) * minuteMs;
        expect(isQuiet(between, hours, name)).toBe(true);
      }
      expect(isQuiet(end - minuteMs, hours, name)).toBe(true);
    }),
    { numRuns: 400 },
  );
});
