/**
 * Campaigns that go out by themselves (S0-D1): set live once, they stay so until they are ended.
 * All others are sent by hand or at one planned moment, and end sent.
 */
import type { Campaign } from "./campaign.ts";

/** Whether it goes out again and again, each time as a run of its own. */
export function isRecurring({ schedule }: Pick<Campaign, "schedule">): boolean {
  return schedule?.repeat !== undefined;
}

/** Whether it repeats, or goes to each person for whom something happens. */
export function isAutomatic(campaign: Pick<Campaign, "schedule" | "trigger">): boolean {
  return isRecurring(campaign) || (campaign.trigger ?? null) !== null;
}

/** Whether it is automatic and was not ended; its phase says whether it was set live already. */
export function isLive(campaign: Pick<Campaign, "schedule" | "trigger" | "endedAt">): boolean {
  return isAutomatic(campaign) && (campaign.endedAt ?? null) === null;
}
