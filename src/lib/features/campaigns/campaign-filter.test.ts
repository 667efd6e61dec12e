import { describe, expect, it } from "vitest";
import { dayMs, hourMs } from "#domain/core/time.ts";
import { spanOf } from "#lib/features/date-range/span.ts";
import { filterHref, matches, readFilter } from "./campaign-filter.ts";

const now = new Date(2026, 10, 21, 15).getTime();
const row = {
  campaign: {
    createdAt: now - hourMs,
    launchedAt: null,
    startedAt: null,
    submittedAt: null,
    completedAt: null,
    type: "email",
    phase: "scheduled",
  },
  rollup: null,
} as const;

function filter(query: string) {
  return readFilter(new URLSearchParams(query));
}

function created(days: number) {
  return { ...row, campaign: { ...row.campaign, createdAt: now - days * dayMs } };
}

function isShown(query: string, listed: Parameters<typeof matches>[0] = row): boolean {
  const narrowed = filter(query);
  return matches(listed, narrowed, spanOf(narrowed.range, now));
}

describe("the filter of campaigns", () => {
  it("reads back what it wrote into the address", () => {
    const chosen = "?show=custom&from=2026-11-01&to=2026-11-20";
    for (const query of ["?show=7d&type=email,sms&status=pending,completed", chosen]) {
      expect(filterHref(filter(query))).toBe(`/campaigns${query}`);
    }
    expect(filterHref(filter(""))).toBe("/campaigns");
  });

  it("leaves out what it does not know", () => {
    expect(filter("show=ever&type=fax&status=lost&tab=none")).toEqual({
      tab: "messaging",
      range: "all",
      types: [],
      statuses: [],
    });
  });

  it("[S2-16] shows only what passes date and type and status", () => {
    expect(isShown("show=today&type=email&status=scheduled")).toBe(true);
    expect(isShown("show=today&type=sms&status=scheduled")).toBe(false);
    expect(isShown("show=today&type=email&status=pending")).toBe(false);
  });

  it("[S2-18] counts today and the six days before it as the last seven", () => {
    expect(isShown("show=7d", created(6))).toBe(true);
    expect(isShown("show=7d", created(7))).toBe(false);
    expect(isShown("show=all", created(400))).toBe(true);
  });
});
