/** What a launch would do, over REST. */
import { monthLimits } from "#domain/limits/budget.ts";
import { reasons } from "#domain/message/reason.ts";
import * as v from "valibot";
import { count } from "../value.ts";
import { costAnswer } from "./report.ts";

const time = v.pipe(v.string(), v.isoTimestamp());

export const preflightAnswer = v.object({
  /** Contacts in the audience now. */
  total: count,
  /** Those who would be written to. */
  recipients: count,
  /** The others, by what would be decided; with the recipients they are everybody. */
  skips: v.array(v.object({ reason: v.picklist(reasons), n: count })),
  /** Segments of all messages together; null where the channel has none. */
  segments: v.nullable(count),
  /** What they cost at the account's price; null where it has none. */
  cost: v.nullable(costAnswer),
  /** Messages that cannot be written from the template. */
  unwritable: count,
  /** Messages that quiet hours or recipients' own clocks would hold, and until when the last. */
  waits: v.nullable(v.object({ n: count, until: time })),
  /** Messages whose time would not come before the campaign ends. */
  missed: count,
  /** Codes that it needs, and those that its pool has left; null where its messages carry none. */
  codes: v.nullable(v.object({ needed: count, left: count })),
  /** How many of the recipients the tightest budget lets it reach: the campaign's, or one of the month's. */
  budget: v.nullable(v.object({ what: v.picklist(["campaign", ...monthLimits]), reaches: count })),
  startsAt: time,
  /** When the last message would be handed over; null where nothing limits the account's speed. */
  endsAt: v.nullable(time),
  /** Recipients whose message was written to know this; where it is fewer, the rest is estimated. */
  looked: count,
});

export type PreflightAnswer = v.InferOutput<typeof preflightAnswer>;
