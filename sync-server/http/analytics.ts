/** Reports across campaigns, by the same rules as on devices and from the same counters. */
import { actionsOf, type ActionReport, type Group } from "#domain/analytics/action.ts";
import { openCalendar, timesOf } from "#domain/analytics/calendar.ts";
import { usualStep, type CoursePoint } from "#domain/analytics/course.ts";
import type { Part } from "#domain/analytics/breakdown.ts";
import { analyticsOf, type AnalyticsReport } from "#domain/analytics/report.ts";
import { inScope, type Scope } from "#domain/analytics/slice.ts";
import { actionsSnapshot, analyticsSnapshot } from "#domain/analytics/snapshot.ts";
import type { Counted } from "#domain/analytics/counted.ts";
import { reasonText } from "#domain/message/reason-text.ts";
import type { Days } from "#domain/report/date-range.ts";
import {
  analyticsAnswer,
  analyticsQuery,
  type AnalyticsAnswer,
  type AnalyticsQuery,
} from "#protocol/rest/analytics.ts";
import type { FastifyInstance } from "fastify";
import type { Store } from "../store/store.ts";
import { HttpProblem } from "./problem.ts";
import { route } from "./route.ts";

export interface AnalyticsRoutesDeps {
  readonly store: Pick<Store, "reports">;
  readonly clock: () => number;
}

const weekDays = { sunday: 0, monday: 1, saturday: 6 } as const;

export function registerAnalytics(
  app: FastifyInstance,
  { store, clock }: AnalyticsRoutesDeps,
): void {
  route(app, {
    method: "GET",
    url: "/api/v1/analytics",
    summary: "What happened across campaigns in a range of days, and what leads to action",
    permission: "report.read",
    query: analyticsQuery,
    answers: { 200: analyticsAnswer },
    handle: async ({ caller: { workspace }, query }) =>
      answerOf(await store.reports.counted({ workspace, now: clock() }), query),
  });
}

function answerOf(rows: readonly Counted[], query: AnalyticsQuery): AnalyticsAnswer {
  const { from = null, to = null, zone = "UTC", weekStart: weekDay = "monday" } = query;
  const days: Days = { first: from, last: to };
  const calendar = openCalendar(zone);
  const { step = usualStep(days), compare = "previous" } = query;
  const scope = scopeOf(query);
  const weekStart = weekDays[weekDay];
  const asked = { days, scope, zone, compare, step };
  const report = analyticsOf(rows, { ...asked, weekStart }, calendar);
  const led = actionsOf(inScope(rows, scope), timesOf(days, calendar), calendar);
  const snapshot = analyticsSnapshot(asked, report);
  const actions = { snapshot: actionsSnapshot(asked, led), ...toActions(led) };
  const wanted = query.snapshot ?? snapshot;
  if (wanted !== snapshot && wanted !== actions.snapshot) throw new HttpProblem("snapshot_gone");
  return { from, to, zone, step, snapshot, ...toAnswer(report), actions };
}

function scopeOf({ channel = [], status = [], name = "" }: AnalyticsQuery): Scope {
  return { channels: channel, statuses: status, name };
}

function toActions({
  whole,
  findings,
}: ActionReport): Omit<AnalyticsAnswer["actions"], "snapshot"> {
  return {
    whole: toGroup(whole),
    findings: findings.map((finding) => ({
      ...finding,
      best: toGroup(finding.best),
      rest: toGroup(finding.rest),
    })),
  };
}

function toAnswer(
  report: AnalyticsReport,
): Omit<AnalyticsAnswer, "from" | "to" | "zone" | "step" | "snapshot" | "actions"> {
  const { asOf, total, figures, comparedWith, breakdowns, reasons } = report;
  return {
    asOf: asOf === null ? null : new Date(asOf).toISOString(),
    campaigns: report.campaigns,
    coarse: report.coarse,
    counts: { ...total },
    figures: figures.map(({ before, ...figure }) => ({
      ...figure,
      before: before === null ? null : { count: before.count, of: before.of, rate: before.rate },
    })),
    comparedWith:
      comparedWith === null ? null : { from: comparedWith.first, to: comparedWith.last },
    course: report.course.map(toPoint),
    courseBefore: report.courseBefore.map(toPoint),
    breakdowns: {
      campaign: breakdowns.campaign.map(toPart),
      channel: breakdowns.channel.map(toPart),
      kind: breakdowns.kind.map(toPart),
      account: breakdowns.account.map(toPart),
      hour: breakdowns.hour.map(toPart),
      weekday: breakdowns.weekday.map(toPart),
    },
    reasons: reasons.map(({ reason, n }) => ({
      reason,
      text: reason === "untold" ? "" : reasonText(reason),
      n,
    })),
  };
}

function toPoint({ first, last, measures, byChannel }: CoursePoint) {
  const channels = Object.entries(byChannel).map(([channel, counts]) => [channel, { ...counts }]);
  return {
    from: first,
    to: last,
    counts: { ...measures },
    byChannel: Object.fromEntries(channels),
  };
}

function toPart({ key, campaigns, measures }: Part) {
  return { key, campaigns, counts: { ...measures } };
}

function toGroup({ key, campaigns, delivered, shares }: Group) {
  const { opened, clicked, redeemed } = shares;
  return {
    key,
    campaigns,
    delivered,
    shares: { opened: { ...opened }, clicked: { ...clicked }, redeemed: { ...redeemed } },
  };
}
