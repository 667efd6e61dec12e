/** A campaign with a second channel, as each of its ways sees it: an account, a lane and work of its own. */
import { fallbackChannel } from "#domain/campaign/fallback.ts";
import type { OpenDistribution } from "../store/distribution.ts";

/** The campaign as each of its ways goes on; it alone where it has but one. */
export function waysOf(distribution: OpenDistribution): readonly OpenDistribution[] {
  const { second } = distribution;
  if (second === undefined) return [distribution];
  return [{ ...distribution, ...second.own }, bySecond(distribution, second)];
}

function bySecond(
  distribution: OpenDistribution,
  { accountId, provider, hasWork, timerAt }: NonNullable<OpenDistribution["second"]>,
): OpenDistribution {
  return {
    ...distribution,
    way: "fallback",
    accountId,
    provider,
    channel: fallbackChannel,
    // Its pages are texts.
    tracksOpens: false,
    hasWork,
    timerAt,
  };
}

/** The name of the lane of one way. */
export function laneName({ seq, way }: Pick<OpenDistribution, "seq" | "way">): string {
  return `${seq} ${way}`;
}
