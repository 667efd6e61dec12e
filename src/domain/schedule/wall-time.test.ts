import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dayMs, hourMs, minuteMs } from "../core/time.ts";
import { instantOf, isWallTime, isZone, offsetMs, wallTimeOf } from "./wall-time.ts";

function iso(wall: string, zone: string): string | null {
  const at = instantOf(wall, zone);
  return at === null ? null : new Date(at).toISOString();
}

describe("what clocks show, and the moment that it means", () => {
  test("it is the moment at which clocks there show it", () => {
    expect(iso("2026-11-21T15:30", "Asia/Tokyo")).toBe("2026-11-21T06:30:00.000Z");
    expect(iso("2026-07-01T09:00", "America/New_York")).toBe("2026-07-01T13:00:00.000Z");
    expect(iso("2026-12-01T09:00", "Asia/Kathmandu")).toBe("2026-12-01T03:15:00.000Z");
  });

  test.each([
    ["Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:00:00.000Z"],
    ["America/New_York", "2026-03-08T02:00", "2026-03-08T07:00:00.000Z"],
    ["Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:30:00.000Z"],
    // Samoa left a whole day out when it moved across the date line.
    ["Pacific/Apia", "2011-12-30T12:00", "2011-12-30T10:00:00.000Z"],
  ])("in %s, what clocks skip is the moment after the skip: %s", (zone, wall, moment) => {
    expect(iso(wall, zone)).toBe(moment);
  });

  test.each([
    ["Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30:00.000Z"],
    ["America/New_York", "2026-11-01T01:30", "2026-11-01T05:30:00.000Z"],
    ["Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45:00.000Z"],
  ])("in %s, what clocks show twice is the first time round: %s", (zone, wall, moment) => {
    expect(iso(wall, zone)).toBe(moment);
  });

  test("the last minute of the calendar is a moment like any other", () => {
    expect(iso("9999-12-31T23:59", "UTC")).toBe("9999-12-31T23:59:00.000Z");
  });

  test("what is no date, no time or no zone means nothing", () => {
    for (const wall of ["", "T10:00", "2026-13-40T10:00", "2026-02-30T10:00", "2026-11-21T24:00"]) {
      expect(instantOf(wall, "UTC")).toBeNull();
      expect(isWallTime(wall)).toBe(false);
    }
    expect(instantOf("2026-11-21T10:00", "Mars/Olympus")).toBeNull();
    expect(isZone("Mars/Olympus")).toBe(false);
  });
});

const zone = fc.constantFrom(...Intl.supportedValuesOf("timeZone"));
/** From before Samoa's lost day to where rules are projected. */
const moment = fc
  .integer({ min: Date.UTC(2010, 0, 1) / minuteMs, max: Date.UTC(2037, 11, 31) / minuteMs })
  .map((minutes) => minutes * minuteMs);

/** Changes of clocks in both directions, found day by day through two years. */
const changes = [
  "Europe/Berlin",
  "America/New_York",
  "Australia/Lord_Howe",
  "Africa/Casablanca",
].flatMap((name) =>
  Array.from({ length: 730 }, (_, day) => Date.UTC(2026, 0, 1) + day * dayMs)
    .filter((at) => offsetMs(at, name) !== offsetMs(at + dayMs, name))
    .map((at) => ({ name, at })),
);

describe("in every zone", () => {
  test("a moment that is shown once comes back from what it shows", () => {
    fc.assert(
      fc.property(zone, moment, (name, at) => {
        const back = instantOf(wallTimeOf(at, name), name);
        // In an hour that comes twice, the first; otherwise exactly itself.
        expect(back).toBeLessThanOrEqual(at);
        expect(wallTimeOf(back ?? 0, name)).toBe(wallTimeOf(at, name));
      }),
      { numRuns: 500 },
    );
  });

  test("around every change of clocks, it is the first moment that shows as much or more", () => {
    expect(changes.length).toBeGreaterThan(8);
    const near = fc.record({
      change: fc.constantFrom(...changes),
      minutes: fc.integer({ min: -180, max: 27 * 60 }),
    });
    fc.assert(
      fc.property(near, ({ change: { name, at }, minutes }) => {
        const wall = new Date(at + offsetMs(at, name) + minutes * minuteMs)
          .toISOString()
          .slice(0, 16);
        const found = instantOf(wall, name) ?? Number.NaN;
        expect(wallTimeOf(found, name) >= wall).toBe(true);
        for (let back = minuteMs; back <= 4 * hourMs; back += minuteMs) {
          expect(wallTimeOf(found - back, name) < wall).toBe(true);
        }
      }),
      { numRuns: 150 },
    );
  });
});
