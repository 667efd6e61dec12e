import { describe, expect, it } from "vitest";
import { dayMs, hourMs } from "#domain/core/time.ts";
import { filterHref, matches, readFilter } from "./campaign-filter.ts";

const now = new Date(2026, 10, 21, 15).getTime();
const campaign = { createdAt: now - hourMs, type: "email", phase: "scheduled" } as const;

function filter(query: string) {
  return readFilter(new URLSearchParams(query));
}

describe("the filter of campaigns", () => {
  it("reads back what it wrote into the address", () => {
    const query = "?show=7d&type=email,sms&status=pending,completed";
    expect(filterHref(filter(query))).toBe(`/campaigns${query}`);
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
    expect(matches(campaign, filter("show=today&type=email&status=scheduled"), now)).toBe(true);
    expect(matches(campaign, filter("show=today&type=sms&status=scheduled"), now)).toBe(false);
    expect(matches(campaign, filter("show=today&type=email&status=pending"), now)).toBe(false);
  });

  it("[S2-18] counts today and the six days before it as the last seven", () => {
    const created = (days: number) => ({ ...campaign, createdAt: now - days * dayMs });
    expect(matches(created(6), filter("show=7d"), now)).toBe(true);
    expect(matches(created(7), filter("show=7d"), now)).toBe(false);
    expect(matches(created(400), filter("show=all"), now)).toBe(true);
  });
});
