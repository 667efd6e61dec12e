/** What a launch would do, over REST. */
import { endLimits } from "#domain/campaign/end-estimate.ts";
import { monthLimits } from "#domain/limits/budget.ts";
import { reasons } from "#domain/message/reason.ts";
import * as v from "valibot";
import { count } from "../value.ts";
import { accountStanding } from "./account.ts";
import { campaignSchedule } from "./campaign.ts";
import { costAnswer } from "./report.ts";

const time = v.pipe(v.string(), v.isoTimestamp());

export const preflightOf = v.strictObject({
  /** What it would do if it were planned so; left out: as it is planned, or now. */
  schedule: v.exactOptional(campaignSchedule),
});

export type PreflightOf = v.InferInput<typeof preflightOf>;

export const preflightAnswer = v.object({
  /** Whom it counts: `now`: who is in the audience now, as it is frozen at the start. `frozen`: who is. */
  audience: v.picklist(["now", "frozen"]),
  /** Contacts in the audience; messages of the campaign where they are frozen. */
  total: count,
  /** Messages that were decided already, sent or not: 0 before the launch. */
  decided: count,
  /** Those who would be written to. */
  recipients: count,
  /** The others, by what would be decided; with the recipients and those decided they are everybody. */
  skips: v.array(v.object({ reason: v.picklist(reasons), n: count })),
  /** Segments of all messages together; null where the channel has none. */
  segments: v.nullable(count),
  /** What they cost at the account's price; null where it has none. */
  cost: v.nullable(costAnswer),
  /**
   * Text messages to whoever it does not reach: `straight` have no address for its own channel and
   * get one at once, `further` might; segments and cost of both, at the most. null: it falls back to
   * nothing, or its audience is frozen.
   */
  fallback: v.nullable(
    v.object({ straight: count, further: count, segments: count, cost: v.nullable(costAnswer) }),
  ),
  /** Messages that cannot be written from the template. */
  unwritable: count,
  /**
   * Messages that quiet hours or recipients' own clocks would hold, until when the last, and how
   * many by the hour in which their time comes, with the zones in which it then does.
   */
  waits: v.nullable(
    v.object({
      n: count,
      until: time,
      spread: v.array(v.object({ from: time, n: count, zones: v.array(v.string()) })),
    }),
  ),
  /** Messages whose time would not come before the campaign ends. */
  missed: count,
  /** Codes that it needs, and those that its pool has left; null where its messages carry none. */
  codes: v.nullable(v.object({ needed: count, left: count })),
  /** How many of the recipients the tightest budget lets it reach: the campaign's, or one of the month's. */
  budget: v.nullable(v.object({ what: v.picklist(["campaign", ...monthLimits]), reaches: count })),
  /**
   * Why nothing would go out through its account for now, in the provider's own words, too, and when
   * a message is tried again without a person; null: it sends.
   */
  standing: v.nullable(accountStanding),
  startsAt: time,
  /** When the last message would be handed over; null where nothing is known of the speed. */
  endsAt: v.nullable(time),
  /**
   * What decides that: a limit of the account, the speed that its last campaigns reached
   * (`provider`), or the recipients' own times (`times`); and how many campaigns share it equally.
   */
  end: v.nullable(
    v.object({
      limit: v.nullable(v.picklist(endLimits)),
      perSecond: v.nullable(v.number()),
      sharedWith: count,
    }),
  ),
  /** Recipients whose message was written to know this; where it is fewer, the rest is estimated. */
  looked: count,
});

export type PreflightAnswer = v.InferOutput<typeof preflightAnswer>;
