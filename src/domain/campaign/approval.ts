/**
 * Where a workspace wants two people to look at a campaign before it goes out: who asked for the
 * launch, what exactly they asked for, and what another person said to it (S0-D7).
 *
 *   (none) --send or schedule--> asked --another person approves--> approved: it is launched
 *                                  |---another person rejects----> rejected, with the reason
 *   whatever changes what goes out ends it: what was approved is what is sent
 */
import { sendingRules } from "../access/permission.ts";
import type { Review } from "../sync/command.ts";
import type { DecideContext } from "../sync/decision.ts";
import { contentHash, type Campaign, type Schedule } from "./campaign.ts";
import type { Trigger } from "./trigger.ts";

/** Whether a launch of what was reviewed has to wait for another person. */
export function needsApproval(
  known: Campaign,
  review: Pick<Review, "contentHash" | "audienceRev">,
  { access }: Pick<DecideContext, "access">,
): boolean {
  return sendingRules(access).approval === true && !isApproved(known, review);
}

function isApproved(
  { approval }: Campaign,
  review: Pick<Review, "contentHash" | "audienceRev">,
): boolean {
  return (
    approval?.state === "approved" &&
    approval.contentHash === review.contentHash &&
    approval.audienceRev === review.audienceRev
  );
}

/** The campaign with the request that it goes out: it waits where it is. */
export function asked(
  known: Campaign,
  { schedule, trigger, review }: AskedFor,
  { user, now }: Pick<DecideContext, "user" | "now">,
): Campaign {
  const { contentHash: hash, audienceRev } = review;
  const answer = { by: null, at: null, reason: "" } as const;
  const when = trigger === undefined ? { schedule } : { schedule, trigger };
  const request = { contentHash: hash, audienceRev, askedBy: user, askedAt: now, ...when };
  return { ...known, waiting: null, approval: { state: "asked", ...request, ...answer } };
}

interface AskedFor {
  readonly schedule: Schedule | null;
  readonly trigger?: Trigger;
  readonly review: Pick<Review, "contentHash" | "audienceRev">;
}

/**
 * After an edit: what nobody approved goes back among the plans and is asked for anew, for the
 * moment that was planned; a request or a no for what it was before is over.
 */
export function afterEdit(known: Campaign, edited: Campaign, context: DecideContext): Campaign {
  const { approval } = edited;
  const hash = contentHash(edited);
  const isOther = hash !== contentHash(known);
  if (!isOther || approval === undefined || approval === null) return edited;
  if (edited.phase !== "scheduled" || sendingRules(context.access).approval !== true) {
    return { ...edited, approval: null };
  }
  const { schedule } = edited;
  const review = { contentHash: hash, audienceRev: approval.audienceRev };
  const planned = schedule?.delay === true ? null : schedule;
  const waiting: Campaign = { ...edited, phase: "pending", schedule: null };
  return asked(waiting, { schedule: planned, review }, context);
}
