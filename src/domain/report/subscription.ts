/**
 * Reports that come to a person by themselves: each day the day before, each week the seven days
 * before, each month the month before, at what clocks in a zone show.
 */
import type { Channel } from "../campaign/channel.ts";
import type { Id } from "../core/id.ts";
import type { Instant } from "../core/time.ts";
import { instantOf, wallTimeOf } from "../schedule/wall-time.ts";
import { dayAfter, type Day } from "./date-range.ts";
import type { SpokenLanguage } from "./spoken.ts";

export const subscriptionEverys = ["day", "week", "month"] as const;

export type SubscriptionEvery = (typeof subscriptionEverys)[number];

export interface SubscriptionPlan {
  readonly every: SubscriptionEvery;
  /** The day of a week's report: 1 is Monday, 7 is Sunday. A month's comes on its first day. */
  readonly weekday: number;
  /** 0 to 23. */
  readonly hour: number;
  /** An IANA zone: its clocks say when, and where days begin. */
  readonly zone: string;
}

export interface Subscription extends SubscriptionPlan {
  readonly id: Id;
  readonly name: string;
  /** It tells of these alone; none: of all. */
  readonly channels: readonly Channel[];
  /** In which it is written; left out: English. */
  readonly language?: SpokenLanguage;
}

/** More than anybody reads. */
export const mostSubscriptions = 20;

/** The first moment after another at which the report is due. */
export function nextReportAt(plan: SubscriptionPlan, after: Instant): Instant {
  const { hour, zone } = plan;
  const clock = `T${String(hour).padStart(2, "0")}:00`;
  let day = wallTimeOf(after, zone).slice(0, 10);
  for (;;) {
    const at = isDay(plan, day) ? instantOf(`${day}${clock}`, zone) : null;
    if (at !== null && at > after) return at;
    day = dayAfter(day, 1);
  }
}

/** The days that the report tells of which is due at a moment: the last of them is over. */
export function reportedDays(
  { every, zone }: SubscriptionPlan,
  dueAt: Instant,
): { readonly first: Day; readonly last: Day } {
  const today = wallTimeOf(dueAt, zone).slice(0, 10);
  const last = dayAfter(today, -1);
  if (every === "day") return { first: last, last };
  if (every === "week") return { first: dayAfter(today, -7), last };
  const end = dayAfter(`${today.slice(0, 7)}-01`, -1);
  return { first: `${end.slice(0, 7)}-01`, last: end };
}

function isDay({ every, weekday }: SubscriptionPlan, day: Day): boolean {
  if (every === "day") return true;
  if (every === "month") return day.endsWith("-01");
  return new Date(`${day}T00:00Z`).getUTCDay() === weekday % 7;
}
