/** What happened in a workspace, or to a campaign, line by line. */
import * as v from "valibot";
import { count, id, isoMoment } from "../value.ts";
import { limitUpTo, numberCursor } from "./page.ts";

export const activityQuery = v.strictObject({
  from: v.optional(isoMoment()),
  to: v.optional(isoMoment()),
  limit: v.optional(limitUpTo(1_000)),
  cursor: v.optional(numberCursor),
});

export const activityItem = v.object({
  seq: count,
  campaignId: v.nullable(id),
  /** `campaign.send`, `engine.completed`, … */
  event: v.string(),
  /** The user, or the API key, who did it; null for the engine. */
  by: v.nullable(v.string()),
  /** The name of the API key, where it was one. */
  byKey: v.optional(v.nullable(v.string()), null),
  at: v.pipe(v.string(), v.isoTimestamp()),
  detail: v.record(v.string(), v.union([v.string(), v.number(), v.boolean(), v.null()])),
});

export type ActivityItem = v.InferOutput<typeof activityItem>;

export const activityPage = v.object({
  items: v.array(activityItem),
  next: v.nullable(v.string()),
});

export type ActivityPage = v.InferOutput<typeof activityPage>;
