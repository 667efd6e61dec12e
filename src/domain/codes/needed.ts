/** How many codes a launch takes. */
import type { Campaign } from "../campaign/campaign.ts";
import type { Reason } from "../message/reason.ts";

/**
 * One for each recipient; for whom a cap would hold back now as well, as it may let them through
 * by the time that it is their turn. A campaign that waits for people to enter needs at least one.
 */
export function codesNeeded(
  { trigger, approval }: Pick<Campaign, "trigger" | "approval">,
  fates: readonly { readonly reason: Reason; readonly n: number }[],
): number {
  if ((trigger ?? approval?.trigger ?? null) !== null) return 1;
  return fates
    .filter(({ reason }) => reason === "none" || reason === "frequency_cap")
    .reduce((sum, { n }) => sum + n, 0);
}
