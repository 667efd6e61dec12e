/**
 * What decide cannot see, because it may only look at the rows that a command names: whether
 * something else still needs what shall be removed. Asked on the server, with authority.
 */
import type { Campaign } from "../campaign/campaign.ts";
import { isLive } from "../campaign/live.ts";
import type { Act } from "./command.ts";
import { rejected, type Decision } from "./decision.ts";

/** The refusal of a removal that would break a campaign which is planned or being prepared; null when nothing needs it. */
export function guard(act: Act, campaigns: readonly Campaign[]): Decision | null {
  if (act.name !== "audience.delete") return null;
  const user = campaigns.find((each) => each.audienceId === act.args.id && needsAudience(each));
  return user === undefined
    ? null
    : rejected("in_use", null, { campaign: user.name, campaignId: user.id, phase: user.phase });
}

/** From the plan until the audience is frozen a campaign depends on it; what is live, for its next run. */
function needsAudience(campaign: Campaign): boolean {
  const { phase, pausedFrom } = campaign;
  if (isLive(campaign) && (phase === "active" || phase === "paused")) return true;
  return phase === "scheduled" || phase === "preparing" || pausedFrom === "preparing";
}
