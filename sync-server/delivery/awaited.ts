/** Campaigns whose moment came: each is looked at once more, and moved on where it can be. */
import type { Campaign } from "#domain/campaign/campaign.ts";
import { wrongFallback, wrongText } from "#domain/campaign/launch-check.ts";
import type { Instant } from "#domain/core/time.ts";
import { lateMs } from "#domain/schedule/late.ts";
import type { AwaitedCampaign } from "../store/awaited-campaign.ts";
import type { EngineDeps, FaultPoint } from "./carriers.ts";
import { earlier } from "./earlier.ts";

export interface AwaitedDeps extends Pick<
  EngineDeps,
  "store" | "keyed" | "keyRetentions" | "checkContent"
> {
  readonly point: (name: FaultPoint) => void;
}

/** Answers when the next one is due. */
export async function launchAwaited(deps: AwaitedDeps, now: Instant): Promise<Instant | null> {
  const { awaited } = await deps.store.delivery.work({ now });
  let next: Instant | null = null;
  for (const each of awaited) next = earlier(next, await moveOn(deps, each, now));
  return next;
}

async function moveOn(
  deps: AwaitedDeps,
  { workspace, campaignId, phase, dueAt, campaign }: AwaitedCampaign,
  now: Instant,
): Promise<Instant | null> {
  const { keyed, keyRetentions = {}, point } = deps;
  const { delivery } = deps.store;
  if (phase === "ending") {
    await delivery.finish({ workspace, campaignId, now });
    point("finished");
    return null;
  }
  if (phase === "preparing") {
    const wrong = campaign === undefined ? null : wrongWith(deps, campaign);
    await delivery.launch({ workspace, campaignId, keyed, keyRetentions, wrong, now });
    point("launched");
    return null;
  }
  if (phase === "retrying") {
    await delivery.reopen({ workspace, campaignId, now });
    point("reopened");
    return now;
  }
  if (dueAt === null || dueAt > now) return dueAt;
  if (phase === "live") {
    await delivery.fire({ workspace, campaignId, graceMs: lateMs, now });
    point("fired");
  } else {
    await delivery.comeDue({ workspace, campaignId, graceMs: lateMs, now });
    point("came due");
  }
  return now;
}

/**
 * Why it can be written for nobody. It was looked at when it was planned; its text may have been
 * edited since, or what reads it may be of another version.
 */
function wrongWith({ checkContent }: AwaitedDeps, campaign: Campaign): string | null {
  const wrong = wrongText(checkContent(campaign.content), campaign);
  if (wrong !== null) return `Its ${wrong.part} ${wrong.message}`;
  const instead = wrongFallback(checkContent, campaign);
  return instead === null ? null : `The text message that it falls back to ${instead.message}`;
}
