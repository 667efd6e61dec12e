/** The campaign that a card of Needs attention holds. */
import type { Campaign, CampaignFields } from "#domain/campaign/campaign.ts";
import type { Card } from "../db/client-db.ts";

type Mine = CampaignFields & Pick<Campaign, "type">;

/** As the person had it; null when the card holds none. */
export function campaignOf({ act, mine }: Card): Mine | null {
  if (!act.name.startsWith("campaign.")) return null;
  if (mine !== null && "content" in mine) return mine;
  return act.name === "campaign.create" ? act.args : null;
}
