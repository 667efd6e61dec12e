/** What a campaign's document asks of the engine. */
import type { Campaign } from "#domain/campaign/campaign.ts";
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";

/** A campaign whose document asks for something that the engine has not begun. */
export interface AwaitedCampaign {
  readonly workspace: Id;
  readonly campaignId: Id;
  /**
   * `retrying`: a person sends again what ended long ago. `live`: the next time of a recurring
   * campaign. `ending`: such a campaign was ended, and its runs are over.
   */
  readonly phase: "scheduled" | "preparing" | "retrying" | "live" | "ending";
  readonly dueAt: Instant | null;
  /** As it stands, where it prepares. */
  readonly campaign?: Campaign;
}
