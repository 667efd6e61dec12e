/** What a second person says to a launch that somebody asked for: yes, or no with a reason. */
import type { Review } from "../sync/command.ts";
import {
  accepted,
  rejected,
  type DecideContext,
  type Decision,
  type View,
} from "../sync/decision.ts";
import { awaitsYes } from "./approval.ts";
import { hasProposed, withoutProposed, withProposed } from "./proposed.ts";
import { contentHash, type Approval, type Campaign } from "./campaign.ts";
import { checkReview, listen, plan, send, written } from "./launch.ts";

/** Launches what was asked for, if it is what the person saw; a new text of what was launched is let through. */
export function approve(
  view: View,
  known: Campaign,
  review: Review,
  context: DecideContext,
): Decision {
  const { approval } = known;
  const isEdited = awaitsYes(known) || hasProposed(known);
  const refused =
    checkAnswer(approval, context) ??
    (isEdited ? checkText(withProposed(known), review) : checkReview(view, known, review));
  if (refused !== null) return refused;
  if (approval === undefined || approval === null) return rejected("not_asked");
  if (!context.authority) return accepted([written({ ...known, waiting: "approve" }, context)]);
  const yes = { ...answered(approval, "approved", context), ...pickHash(review) };
  const approved: Campaign = { ...known, approval: yes };
  // Somebody paused it, and somebody resumes it.
  if (isEdited) {
    const taken = withoutProposed(withProposed(approved));
    return accepted([written({ ...taken, waiting: null }, context)]);
  }
  const { schedule, trigger } = approval;
  if (trigger !== undefined) return listen(view, approved, { trigger, review }, context);
  return schedule === null
    ? send(view, approved, { review }, context)
    : plan(view, approved, { schedule, review }, context);
}

/** Whoever asked reads why, mends it, and asks again. */
export function reject(known: Campaign, reason: string, context: DecideContext): Decision {
  const { approval } = known;
  const refused = checkAnswer(approval, context);
  if (refused !== null) return refused;
  if (approval === undefined || approval === null) return rejected("not_asked");
  if (reason.trim() === "") return rejected("invalid", "reason");
  if (!context.authority) return accepted([written({ ...known, waiting: "reject" }, context)]);
  const no = { ...answered(approval, "rejected", context), reason: reason.trim() };
  return accepted([written({ ...known, approval: no, waiting: null }, context)]);
}

function checkAnswer(
  approval: Approval | null | undefined,
  { user }: DecideContext,
): Decision | null {
  if (approval?.state !== "asked") return rejected("not_asked");
  return approval.askedBy === user ? rejected("own_approval") : null;
}

/** Its audience is frozen: only what it says was asked about. */
function checkText(known: Campaign, seen: Review): Decision | null {
  if (seen.contentHash === contentHash(known)) return null;
  return rejected("changed_since_review", null, { rev: known.rev, reviewed: seen.rev });
}

function answered(
  approval: Approval,
  state: "approved" | "rejected",
  { user, now }: DecideContext,
): Approval {
  return { ...approval, state, by: user, at: now };
}

/** What was seen at the end is what is approved: the audience may have been looked at anew. */
function pickHash(review: Review): Pick<Approval, "contentHash" | "audienceRev"> {
  return { contentHash: review.contentHash, audienceRev: review.audienceRev };
}
