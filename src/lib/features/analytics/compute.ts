/** The report of a view, computed on this device from the counters that it has. */
import { actionsOf, type ActionReport } from "#domain/analytics/action.ts";
import { daysAt, openCalendar, timesOf } from "#domain/analytics/calendar.ts";
import { usualStep, type Step } from "#domain/analytics/course.ts";
import { analyticsOf, type AnalyticsReport } from "#domain/analytics/report.ts";
import { inScope } from "#domain/analytics/slice.ts";
import { actionsSnapshot, analyticsSnapshot } from "#domain/analytics/snapshot.ts";
import type { Days } from "#domain/report/date-range.ts";
import { weekStart } from "#lib/i18n/day-format.ts";
import { deviceZone } from "#lib/i18n/zone.ts";
import type { App } from "#lib/state/app-context.ts";
import type { View } from "./view.ts";

const zone = deviceZone();
const calendar = openCalendar(zone);

export interface Computed {
  readonly days: Days;
  readonly step: Step;
  readonly report: AnalyticsReport;
}

export function computeReport(
  { campaigns, now }: Pick<App, "campaigns" | "now">,
  view: View,
): Computed {
  const days = daysAt(view.range, now(), calendar);
  const step = view.step ?? usualStep(days);
  const question = { days, scope: view, compare: view.compare, step, weekStart: weekStart() };
  return { days, step, report: analyticsOf(campaigns.counted, question, calendar) };
}

/** The name of these digits: the API and files have the same one. */
export function reportName({ days, step, report }: Computed, view: View): string {
  return analyticsSnapshot({ days, scope: view, zone, compare: view.compare, step }, report);
}

/** Of what leads to action. */
export function actionsName({ now }: Pick<App, "now">, view: View, report: ActionReport): string {
  return actionsSnapshot({ days: daysAt(view.range, now(), calendar), scope: view, zone }, report);
}

export function computeActions(
  { campaigns, now }: Pick<App, "campaigns" | "now">,
  view: View,
): ActionReport {
  const days = daysAt(view.range, now(), calendar);
  return actionsOf(inScope(campaigns.counted, view), timesOf(days, calendar), calendar);
}
