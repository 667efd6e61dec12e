/** What reports across campaigns are asked, and what they answer. */
import { actions, features } from "#domain/analytics/action.ts";
import { dimensions } from "#domain/analytics/breakdown.ts";
import { steps } from "#domain/analytics/course.ts";
import { kpis } from "#domain/analytics/kpi.ts";
import { measures } from "#domain/analytics/measures.ts";
import { comparisons } from "#domain/analytics/period.ts";
import { channels } from "#domain/campaign/channel.ts";
import { messagingStatuses } from "#domain/campaign/labels.ts";
import { isCalendarDay } from "#domain/core/time.ts";
import { reasons } from "#domain/message/reason.ts";
import { isZone } from "#domain/schedule/wall-time.ts";
import * as v from "valibot";
import { count } from "../value.ts";
import { someOf } from "./report.ts";
import { snapshot } from "./snapshot.ts";

const day = v.pipe(
  v.string(),
  v.regex(/^\d{4}-\d{2}-\d{2}$/, "must be a day as 2026-11-21"),
  v.check(isCalendarDay, "must be a day that the calendar has"),
);

/** With which weeks begin. */
export const weekStarts = ["sunday", "monday", "saturday"] as const;

/** Both days are included; left out: open on that side. */
export const analyticsQuery = v.strictObject({
  from: v.optional(day),
  to: v.optional(day),
  /** IANA zone in which days begin and end; left out: UTC. */
  zone: v.optional(v.pipe(v.string(), v.check(isZone, "must be a time zone as Europe/London"))),
  channel: someOf(channels),
  status: someOf(messagingStatuses),
  /** A part of the campaign's name. */
  name: v.optional(v.pipe(v.string(), v.maxLength(200))),
  /** `previous`: as many days right before; `year`: the same days a year earlier. */
  compare: v.optional(v.picklist(comparisons)),
  step: v.optional(v.picklist(steps)),
  /** The day with which weeks begin; left out: Monday (ISO 8601). */
  weekStart: v.optional(v.picklist(weekStarts)),
  /** The digits must be those of this name; otherwise nothing is answered. */
  snapshot: v.optional(snapshot),
});

export type AnalyticsQuery = v.InferOutput<typeof analyticsQuery>;

const time = v.pipe(v.string(), v.isoTimestamp());
const days = v.object({ from: v.nullable(day), to: v.nullable(day) });
/** Events in the range, each in the span in which it happened. */
const counts = v.object(v.entriesFromList(measures, count));
const figure = v.object({ count, of: v.nullable(count), rate: v.nullable(v.number()) });

const course = v.array(
  v.object({
    from: day,
    to: day,
    counts,
    byChannel: v.record(v.string(), counts),
  }),
);

const share = v.object({ k: count, n: count, rate: v.number(), low: v.number(), high: v.number() });

const group = v.object({
  key: v.string(),
  campaigns: count,
  delivered: count,
  shares: v.object(v.entriesFromList(actions, share)),
});

const parts = v.array(v.object({ key: v.string(), campaigns: count, counts }));

export const analyticsAnswer = v.object({
  ...days.entries,
  zone: v.string(),
  /** The name of these digits: wherever it stands, in the app or a file, they are the same. */
  snapshot,
  /** The newest of the counters; null: nothing was ever sent. */
  asOf: v.nullable(time),
  /** Campaigns of which anything happened in the range. */
  campaigns: count,
  /** Of them, so long ones that their events are known by more than a day. */
  coarse: count,
  counts,
  figures: v.array(
    v.object({
      kpi: v.picklist(kpis),
      ...figure.entries,
      before: v.nullable(figure),
      /** (count − before) / before. */
      change: v.nullable(v.number()),
      /** rate − rate before. */
      rateChange: v.nullable(v.number()),
    }),
  ),
  comparedWith: v.nullable(days),
  step: v.picklist(steps),
  course,
  courseBefore: course,
  /** Each adds up to `counts`. */
  breakdowns: v.object(v.entriesFromList(dimensions, parts)),
  /** They add up to failed + undelivered; `untold`: not known by the day. */
  reasons: v.array(
    v.object({ reason: v.picklist([...reasons, "untold"]), text: v.string(), n: count }),
  ),
  /** What came of the campaigns that began in the range, by what they said, how and when. */
  actions: v.object({
    /** Of these alone. */
    snapshot,
    whole: group,
    findings: v.array(
      v.object({
        feature: v.picklist(features),
        action: v.picklist(actions),
        best: group,
        rest: group,
        /** null: 95 % intervals do not touch, in more than one campaign each. */
        doubt: v.nullable(v.picklist(["few", "single", "same"])),
      }),
    ),
  }),
});

export type AnalyticsAnswer = v.InferOutput<typeof analyticsAnswer>;
