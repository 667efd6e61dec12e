/** Sending again over REST. */
import type { Picked } from "#domain/message/again.ts";
import { reasons } from "#domain/message/reason.ts";
import { messageStates } from "#domain/message/state.ts";
import * as v from "valibot";
import { picks } from "../command.ts";
import { count, isoMoment } from "../value.ts";
import { costAnswer } from "./report.ts";

/** `picks` left out: exactly those that can succeed as they are. */
export const campaignRetry = v.strictObject({ picks: v.exactOptional(picks) });

const pickWords = "must be kinds of messages as state.reason, several with commas between them";

/** `failed.network_error,undelivered.expired`; left out: exactly those that can succeed as they are. */
export const retryQuery = v.strictObject({
  picks: v.exactOptional(
    v.pipe(
      v.string(pickWords),
      v.regex(/^[a-z_]+\.[a-z_]+(,[a-z_]+\.[a-z_]+)*$/, pickWords),
      v.transform((text) =>
        text.split(",").map((kind) => {
          const [state, reason] = kind.split(".");
          return { state, reason };
        }),
      ),
      picks,
    ),
  ),
});

/** The kinds as the query has them. */
export function picksText(of: readonly Picked[]): string {
  return of.map(({ state, reason }) => `${state}.${reason}`).join(",");
}

export const retryAnswer = v.object({
  /** Whether the campaign is over, or waits for nothing but receipts. */
  isPossible: v.boolean(),
  /** Messages of the kinds that were asked about. */
  asked: count,
  /** Those of them that would go out now, and the segments that they cost. */
  n: count,
  segments: count,
  /** What these cost at the price of the launch; null where none was set. */
  cost: v.nullable(costAnswer),
  /** Those of them that would be left out now, by why; with `n` they are all that were asked about. */
  leftOut: v.array(v.object({ reason: v.picklist(reasons), text: v.string(), n: count })),
  /** Messages that would go out, but wait for their time first, and until when the last. */
  waits: v.nullable(v.object({ n: count, until: isoMoment() })),
  /** Every kind of messages that did not arrive, as they stand. */
  kinds: v.array(
    v.object({
      state: v.picklist(messageStates),
      reason: v.picklist(reasons),
      text: v.string(),
      /**
       * `again`: it can succeed as it is. `fixed`: once the cause is mended. `risky`: it may have
       * arrived. `never`: it cannot be picked.
       */
      chance: v.picklist(["again", "fixed", "risky", "never"]),
      n: count,
      segments: count,
    }),
  ),
});

export type RetryAnswer = v.InferOutput<typeof retryAnswer>;
