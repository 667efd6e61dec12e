import fc from "fast-check";
import { expect, test } from "vitest";
import { kpis } from "#domain/analytics/kpi.ts";
import { datePresets } from "#domain/report/date-range.ts";
import { readView, usualView, viewHref, writeView } from "./view.ts";

test("S2-16 the address is the view: what is written is read again", () => {
  const view = fc.record({
    range: fc.constantFrom(...datePresets, { first: "2026-10-01", last: "2026-10-31" }),
    compare: fc.constantFrom("previous" as const, "year" as const),
    step: fc.constantFrom(null, "day" as const, "week" as const, "month" as const),
    kpi: fc.constantFrom(...kpis),
    channels: fc.subarray(["email" as const, "sms" as const]),
    statuses: fc.subarray(["scheduled" as const, "completed" as const]),
    name: fc.constantFrom("", "autumn & winter", "50 % off, today"),
    campaigns: fc.subarray(["a1", "b2", "c3"]),
  });
  fc.assert(
    fc.property(view, (given) => {
      expect(readView(new URLSearchParams(writeView(given)))).toEqual(given);
    }),
  );
});

test("the usual view has a short address, and what nobody knows is left out", () => {
  expect(viewHref("analytics", usualView)).toBe("/reports?tab=analytics");
  const strange = "show=all&kpi=luck&step=year&channel=pigeon,sms&status=&compare=";
  expect(readView(new URLSearchParams(strange))).toEqual({ ...usualView, channels: ["sms"] });
});
