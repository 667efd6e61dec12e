/**
 * Campaigns that go out by themselves (S0-D1): set live once, they stay so until they are ended.
 * All others are sent by hand or at one planned moment, and end sent.
 */
import type { Campaign } from "./campaign.ts";

type Known = Pick<Campaign, "schedule" | "endedAt">;

/** Whether it goes out again and again. */
export function isAutomatic({ schedule }: Pick<Campaign, "schedule">): boolean {
  return schedule?.repeat !== undefined;
}

/** Whether it is automatic and was not ended; its phase says whether it was set live already. */
export function isLive(campaign: Known): boolean {
  return isAutomatic(campaign) && (campaign.endedAt ?? null) === null;
}
