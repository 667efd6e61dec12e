/** Reports that come by themselves, and alerts, in words. */
import type { Alert } from "#domain/report/alert.ts";
import type { AlertMeasure } from "#domain/report/alert-measure.ts";
import type { SubscriptionEvery, SubscriptionPlan } from "#domain/report/subscription.ts";
import { spokenLanguages } from "#domain/report/spoken.ts";
import { formatPercent } from "#lib/i18n/format.ts";
import { weekdayNames as weekdays } from "#lib/i18n/repeat-words.ts";
import { language } from "#lib/i18n/text.ts";

/** The language of the app. */
export const spokenHere = spokenLanguages.find((each) => each === language) ?? "en";

export const everyLabels = {
  day: "Each day",
  week: "Each week",
  month: "Each month",
} as const satisfies Record<SubscriptionEvery, string>;

/** Which days it tells of. */
export const everyHints = {
  day: "About the day before",
  week: "About the seven days before",
  month: "On its first day, about the month before",
} as const satisfies Record<SubscriptionEvery, string>;

/** Monday first. */
export function weekdayNames(): readonly string[] {
  return weekdays().map(({ name }) => name);
}

export function planWords({ every, weekday, hour, zone }: SubscriptionPlan): string {
  const at = `at ${String(hour).padStart(2, "0")}:00 (${zone.replaceAll("_", " ")}).`;
  if (every === "day") return `Each day ${at}`;
  if (every === "month") return `On the first of each month ${at}`;
  return `Each ${weekdayNames()[weekday - 1] ?? ""} ${at}`;
}

export const measureLabels = {
  failed: "Messages fail",
  skipped: "Recipients are skipped",
  opted_out: "People opt out",
  complained: "People complain",
} as const satisfies Record<AlertMeasure, string>;

const shares = {
  failed: (share) => `More than ${share} of what was tried failed`,
  skipped: (share) => `More than ${share} of the recipients were skipped`,
  opted_out: (share) => `More than ${share} of those it reached opted out`,
  complained: (share) => `More than ${share} of those it reached complained`,
} as const satisfies Record<AlertMeasure, (share: string) => string>;

export function shareWords({ measure, above }: Pick<Alert, "measure" | "above">): string {
  return shares[measure](formatPercent(above));
}
