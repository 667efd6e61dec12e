import { describe, expect, it } from "vitest";
import { dayMs, hourMs, minuteMs } from "#domain/core/time.ts";
import {
  formatBytes,
  formatCount,
  formatDateTime,
  formatDuration,
  formatNumber,
  formatRelative,
} from "./format.ts";

describe("format", () => {
  it("groups the digits of large numbers", () => {
    expect(formatNumber(48211)).toBe("48,211");
  });

  it("takes the singular for one and the plural for none and many", () => {
    expect([0, 1, 2].map((n) => formatCount(n, "contact"))).toEqual([
      "0 contacts",
      "1 contact",
      "2 contacts",
    ]);
  });

  it("names the zone when it is not the device's", () => {
    const at = Date.UTC(2022, 1, 9, 13, 7);
    expect(formatDateTime(at, "Asia/Tokyo").replaceAll("\u202F", " ")).toBe(
      "Feb 9, 2022, 10:07 PM (Asia/Tokyo)",
    );
  });

  it("says how long ago in the unit that reads best", () => {
    const now = 100 * dayMs;
    expect(formatRelative(now - 1000, now)).toBe("now");
    expect(formatRelative(now - 5 * minuteMs, now)).toBe("5 minutes ago");
    expect(formatRelative(now + 2 * dayMs, now)).toBe("in 2 days");
  });

  it("shows a span in at most two units", () => {
    expect(formatDuration(2 * hourMs + 5 * minuteMs + 7_000)).toBe("2 h 5 min");
    expect(formatDuration(48_000)).toBe("48 s");
    expect(formatDuration(300)).toBe("0 s");
  });

  it("shows bytes in the unit that fits", () => {
    expect(formatBytes(4_200_000)).toBe("4.2 MB");
  });
});
