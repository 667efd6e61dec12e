/** The hours of a campaign: what happened in each, page by page. */
import * as v from "valibot";
import { count } from "../value.ts";
import { limitUpTo, nextPage, numberCursor } from "./page.ts";
import { seriesPoint } from "./report.ts";
import { snapshot } from "./snapshot.ts";

/** Ninety days of hours, and the days before them for some years. */
export const mostHours = 4_000;

/** `snapshot`: the hours must be those behind this report; otherwise nothing is answered. */
export const hoursQuery = v.strictObject({
  limit: v.optional(limitUpTo(mostHours)),
  cursor: v.optional(numberCursor),
  snapshot: v.optional(snapshot),
});

export const hoursAnswer = v.object({
  /** The name of the report whose counters they add up to. */
  snapshot,
  asOf: v.pipe(v.string(), v.isoTimestamp()),
  /** An hour each; a day each where only days are kept, after ninety days. */
  items: v.array(v.object({ ...seriesPoint.entries, spanMs: count })),
  next: nextPage,
});

export type HoursAnswer = v.InferOutput<typeof hoursAnswer>;
