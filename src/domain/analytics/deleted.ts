/** What stays of a campaign that was deleted: its counters, and what totals tell it apart by (AMB-22). */
import type { Campaign } from "../campaign/campaign.ts";
import type { Instant } from "../core/time.ts";
import { traitsOf } from "./action.ts";
import { kindOfCampaign } from "./breakdown.ts";
import type { DeletedCampaign } from "./counted.ts";

/** null: it never went out, so nothing of it counts anywhere. */
export function remainsOf(campaign: Campaign, now: Instant): DeletedCampaign | null {
  const { id, number, name, type, phase, accountId, launchedAt, startedAt, firing } = campaign;
  if (launchedAt === null) return null;
  const facts = { id, number, name, type, phase, accountId, launchedAt, startedAt };
  const series = firing === undefined ? {} : { of: firing.of };
  const told = { kind: kindOfCampaign(campaign), ...series, traits: traitsOf(campaign) };
  return { ...facts, ...told, deletedAt: now };
}
