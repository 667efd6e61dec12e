/**
 * Where a workspace wants two people to look at a campaign before it goes out: who asked for the
 * launch, what exactly they asked for, and what another person said to it (S0-D7).
 *
 *   (none) --send or schedule--> asked --another person approves--> approved: it is launched
 *                                  |---another person rejects----> rejected, with the reason
 *   whatever changes what goes out ends it: what was approved is what is sent
 *
 * What is edited while it stands still is asked for in the same way, and stays paused until then.
 * What is edited while it is live goes on with the text it has until somebody agrees to the new one.
 */
import { may, sendingRules } from "../access/permission.ts";
import type { Review } from "../sync/command.ts";
import type { DecideContext } from "../sync/decision.ts";
import { contentHash, type Campaign, type Schedule } from "./campaign.ts";
import { expected } from "./expected.ts";
import { isLive, isRecurring } from "./live.ts";
import { hasProposed, withoutProposed } from "./proposed.ts";
import type { Trigger } from "./trigger.ts";

/** Whether a launch of what was reviewed has to wait for another person. */
export function needsApproval(
  known: Campaign,
  review: Pick<Review, "contentHash" | "audienceRev">,
  context: Pick<DecideContext, "access" | "role" | "user">,
): boolean {
  if (!mustAsk(context)) return false;
  // Who may not send has one launch approved, not all that follow.
  const counts = maySend(context) || known.approval?.by === context.user;
  return !counts || !isApproved(known, review);
}

/** Whether another person has to look at what this one launches: the workspace wants it, or they may not send. */
export function mustAsk(context: Pick<DecideContext, "access" | "role">): boolean {
  return sendingRules(context.access).approval === true || !maySend(context);
}

function maySend({ access, role }: Pick<DecideContext, "access" | "role">): boolean {
  return may(role, "campaign.send", access);
}

/** Whether it was edited while it stood still, and nobody agreed to that yet: nothing resumes it. */
export function awaitsYes({
  phase,
  approval,
  proposed = null,
}: Pick<Campaign, "phase" | "approval" | "proposed">): boolean {
  const isOpen = approval?.state === "asked" || approval?.state === "rejected";
  return phase === "paused" && proposed === null && isOpen;
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
  const approval = { state: "asked", ...request, ...answer } as const;
  return { ...withoutProposed(known), waiting: null, approval };
}

/**
 * An edit of what goes out by itself, by somebody who may not change that alone: it goes on with
 * the text it has, and the new one waits.
 */
export function propose(known: Campaign, planned: Campaign, context: DecideContext): Campaign {
  const audienceRev = known.approval?.audienceRev ?? 0;
  const review = { contentHash: contentHash(planned), audienceRev };
  const request = asked(planned, { schedule: null, review }, context);
  const { content, phase, waiting } = known;
  return { ...request, content, phase, waiting, proposed: planned.content };
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
  const { approval = null } = edited;
  if (contentHash(edited) === contentHash(known)) {
    return hasProposed(known) ? { ...edited, approval: null } : edited;
  }
  const isPaused = expected(known).phase === "paused";
  const mayStay = approval === null && maySend(context);
  const isAsked = isPaused || (edited.phase === "scheduled" && !mayStay);
  if (isAsked && mustAsk(context)) return askedAnew(edited, isPaused, context);
  return approval === null ? edited : { ...edited, approval: null };
}

/**
 * After another rule for the audience: a launch that was approved for the one of before is asked for
 * anew, by who changed it; what repeats stands still until then. null: it stays as it is, as whom it
 * goes to is fixed already, or nobody has to agree.
 */
export function afterAudience(
  known: Campaign,
  audienceRev: number,
  context: DecideContext,
): Campaign | null {
  const { approval = null } = known;
  const mayStay = approval === null && maySend(context);
  if (mayStay || !mustAsk(context) || !takesAudience(known)) return null;
  const stays = known.phase !== "scheduled";
  const request = askedAnew(known, stays, context);
  const { approval: again = null } = request;
  const still = known.phase === "active" ? stoppedByUser(request, context) : request;
  return { ...still, approval: again === null ? null : { ...again, audienceRev } };
}

/** Nobody is fixed yet of whom it goes to, or of whom its next run does. */
function takesAudience(known: Campaign): boolean {
  const { phase, pausedFrom } = known;
  if (isRecurring(known)) return isLive(known) && (phase === "active" || phase === "paused");
  return phase === "scheduled" || (phase === "paused" && pausedFrom === "preparing");
}

function stoppedByUser(known: Campaign, { now }: DecideContext): Campaign {
  return { ...known, phase: "paused", pausedFrom: known.phase, pauseReason: "user", pausedAt: now };
}

/** What stands still stays where it is; what was planned waits among the plans, for its moment. */
function askedAnew(edited: Campaign, stays: boolean, context: DecideContext): Campaign {
  const { approval, phase, schedule, waiting } = edited;
  const planned = stays || schedule?.delay === true ? null : schedule;
  const audienceRev = approval?.audienceRev ?? 0;
  const review = { contentHash: contentHash(edited), audienceRev };
  const request = asked(edited, { schedule: planned, review }, context);
  return stays ? { ...request, phase, waiting } : { ...request, phase: "pending", schedule: null };
}
