/** Sending again over REST. */
import { reasons } from "#domain/message/reason.ts";
import { messageStates } from "#domain/message/state.ts";
import * as v from "valibot";
import { picks } from "../command.ts";
import { count } from "../value.ts";
import { costAnswer } from "./report.ts";

/** `picks` left out: exactly those that can succeed as they are. */
export const campaignRetry = v.strictObject({ picks: v.exactOptional(picks) });

export const retryAnswer = v.object({
  /** Whether the campaign is over, or waits for nothing but receipts. */
  isPossible: v.boolean(),
  /** Messages that can succeed as they are, and the segments that they cost. */
  n: count,
  segments: count,
  /** What they cost at the account's price of today; null where it has none. */
  cost: v.nullable(costAnswer),
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
