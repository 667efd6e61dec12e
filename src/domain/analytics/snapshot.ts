/** The names of what reports across campaigns tell: the same on a device, in its files and over the API. */
import { snapshotOfTotals } from "../report/snapshot.ts";
import type { ActionReport } from "./action.ts";
import type { AnalyticsReport, Question } from "./report.ts";

/** What was asked belongs to it, as the campaign does to the name of its report; when it was asked does not. */
export interface Asked extends Pick<Question, "days" | "scope"> {
  /** In which days begin and end. */
  readonly zone: string;
}

export function analyticsSnapshot(
  { compare, step, ...asked }: Asked & Pick<Question, "compare" | "step">,
  { asOf: _moment, ...digits }: AnalyticsReport,
): string {
  return snapshotOfTotals({ analytics: askedOf(asked), compare, step, digits });
}

/** Of what led to action: `whole`, and what was found in it. */
export function actionsSnapshot(
  asked: Asked,
  { whole, findings }: Pick<ActionReport, "whole" | "findings">,
): string {
  return snapshotOfTotals({ actions: askedOf(asked), whole, findings });
}

function askedOf({ days: { first, last }, scope, zone }: Asked): unknown {
  const { channels, statuses, name } = scope;
  return { first, last, zone, channels, statuses, name: name.trim().toLowerCase() };
}
