/** What stays of a campaign that was deleted: its counters, and what totals tell it apart by (AMB-22). */
import type { Campaign } from "../campaign/campaign.ts";
import type { Instant } from "../core/time.ts";
import { traitsOf, type Traits } from "./action.ts";
import { kindOfCampaign, type CampaignKind } from "./breakdown.ts";
import type { CountedBase } from "./slice.ts";

/** No text of it: only a name, when it went out, and what its text was like. */
export interface DeletedCampaign extends CountedBase {
  readonly number: number | null;
  readonly kind: CampaignKind;
  /** Left out: it was deleted before this was noted. */
  readonly traits?: Traits;
  readonly deletedAt: Instant;
}

/** null: it never went out, so nothing of it counts anywhere. */
export function remainsOf(campaign: Campaign, now: Instant): DeletedCampaign | null {
  const { id, number, name, type, phase, accountId, launchedAt, startedAt } = campaign;
  if (launchedAt === null) return null;
  const facts = { id, number, name, type, phase, accountId, launchedAt, startedAt };
  return { ...facts, kind: kindOfCampaign(campaign), traits: traitsOf(campaign), deletedAt: now };
}
