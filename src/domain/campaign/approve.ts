/** What a second person says to a launch that somebody asked for: yes, or no with a reason. */
import type { Review } from "../sync/command.ts";
import {
  accepted,
  rejected,
  type DecideContext,
  type Decision,
  type View,
} from "../sync/decision.ts";
import type { Approval, Campaign } from "./campaign.ts";
import { checkReview, listen, plan, send, written } from "./launch.ts";

/** Launches what was asked for, if it is what the person saw. */
export function approve(
  view: View,
  known: Campaign,
  review: Review,
  context: DecideContext,
): Decision {
  const { approval } = known;
  const refused = checkAnswer(approval, context) ?? checkReview(view, known, review);
  if (refused !== null) return refused;
  if (approval === undefined || approval === null) return rejected("not_asked");
  if (!context.authority) return accepted([written({ ...known, waiting: "approve" }, context)]);
  const yes = { ...answered(approval, "approved", context), ...pickHash(review) };
  const approved: Campaign = { ...known, approval: yes };
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

function answered(
  approval: Approval,
  state: "approved" | "rejected",
  { user, now }: DecideContext,
): Approval {
  return { ...approval, state, by: user, at: now };
}

/** What was seen at the end is what is approved: the audience may have been looked at anew. */
function pickHash({
  contentHash,
  audienceRev,
}: Review): Pick<Approval, "contentHash" | "audienceRev"> {
  return { contentHash, audienceRev };
}
