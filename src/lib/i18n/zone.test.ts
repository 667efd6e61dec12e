import { describe, expect, it } from "vitest";
import { instantOf, wallTimeOf } from "./zone.ts";

function iso(date: string, time: string, zone: string): string | null {
  const at = instantOf({ date, time }, zone);
  return at === null ? null : new Date(at).toISOString();
}

describe("times in a zone", () => {
  it("means the moment at which clocks there show it", () => {
    expect(iso("2026-11-21", "15:30", "Asia/Tokyo")).toBe("2026-11-21T06:30:00.000Z");
    expect(iso("2026-07-01", "09:00", "America/New_York")).toBe("2026-07-01T13:00:00.000Z");
    expect(iso("2026-12-01", "09:00", "Asia/Kathmandu")).toBe("2026-12-01T03:15:00.000Z");
  });

  it("goes to the hour after when clocks skip one", () => {
    expect(iso("2026-03-29", "02:30", "Europe/Berlin")).toBe("2026-03-29T01:30:00.000Z");
  });

  it("takes the first of two when clocks show an hour twice", () => {
    expect(iso("2026-10-25", "02:30", "Europe/Berlin")).toBe("2026-10-25T00:30:00.000Z");
  });

  it("shows a moment as it was typed", () => {
    const typed = { date: "2026-03-28", time: "23:45" };
    expect(wallTimeOf(instantOf(typed, "Europe/Berlin") ?? 0, "Europe/Berlin")).toEqual(typed);
  });

  it("answers nothing for what is no date", () => {
    expect(instantOf({ date: "", time: "10:00" }, "UTC")).toBeNull();
    expect(instantOf({ date: "2026-13-40", time: "10:00" }, "UTC")).toBeNull();
  });
});
