/** Which campaigns have to do with a range of time. */
import type { Campaign } from "../campaign/campaign.ts";
import type { TimeRange } from "./by-channel.ts";
import type { Rollup } from "./rollup.ts";

export type Moments = Pick<
  Campaign,
  "createdAt" | "launchedAt" | "startedAt" | "submittedAt" | "completedAt"
>;

/**
 * Whether any of a campaign's data was generated in the range (S2-18): it was made, launched or
 * completed in it, or something was sent or reported (AMB-19). A span of its series counts where it
 * begins, as in `countsByChannel`.
 */
export function hasDataIn(
  campaign: Moments,
  rollup: Pick<Rollup, "series"> | null,
  { from, to }: TimeRange,
): boolean {
  const isIn = (at: number | null): boolean => at !== null && at >= from && at < to;
  const { createdAt, launchedAt, startedAt, submittedAt, completedAt } = campaign;
  if ([createdAt, launchedAt, startedAt, submittedAt, completedAt].some(isIn)) return true;
  return rollup?.series.some(({ at }) => isIn(at)) ?? false;
}
