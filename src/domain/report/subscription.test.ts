import { expect, test } from "vitest";
import { nextReportAt, reportedDays, type SubscriptionPlan } from "./subscription.ts";

const at = (text: string) => Date.parse(text);
const plan: SubscriptionPlan = { every: "day", weekday: 1, hour: 8, zone: "Europe/Berlin" };
const next = (over: Partial<SubscriptionPlan>, after: string) =>
  new Date(nextReportAt({ ...plan, ...over }, at(after))).toISOString();

test("a report comes at what clocks in its zone show, also across a change of them", () => {
  expect(next({}, "2026-10-24T06:00:00Z")).toBe("2026-10-25T07:00:00.000Z");
  expect(next({}, "2026-10-24T05:59:59Z")).toBe("2026-10-24T06:00:00.000Z");
  expect(next({ hour: 2 }, "2026-03-28T12:00:00Z")).toBe("2026-03-29T01:00:00.000Z");
});

test("a week's comes on its day, a month's on the first", () => {
  expect(next({ every: "week", weekday: 7 }, "2026-11-22T08:00:00Z")).toBe(
    "2026-11-29T07:00:00.000Z",
  );
  expect(next({ every: "week" }, "2026-11-22T08:00:00Z")).toBe("2026-11-23T07:00:00.000Z");
  expect(next({ every: "month" }, "2026-11-01T07:00:00Z")).toBe("2026-12-01T07:00:00.000Z");
});

const days = (every: SubscriptionPlan["every"]) =>
  reportedDays({ ...plan, every }, at("2026-12-01T07:00:00Z"));

test("each tells of whole days that are over", () => {
  expect(days("day")).toEqual({ first: "2026-11-30", last: "2026-11-30" });
  expect(days("week")).toEqual({ first: "2026-11-24", last: "2026-11-30" });
  expect(days("month")).toEqual({ first: "2026-11-01", last: "2026-11-30" });
});
