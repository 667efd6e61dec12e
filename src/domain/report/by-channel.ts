/**
 * Messages already sent, by the channel that they really went by and time range (S0-08 to S0-10),
 * from the counters that every device has.
 */
import type { Channel } from "../campaign/channel.ts";
import type { Instant } from "../core/time.ts";
import { coursesByWay } from "./by-way.ts";
import type { Rollup, SeriesPoint } from "./rollup.ts";

/** From `from` up to, and without, `to`. */
export interface TimeRange {
  readonly from: Instant;
  readonly to: Instant;
}

/** What happened in the range; who had two messages counts twice. */
export interface ChannelCounts {
  readonly channel: Channel;
  /** Accepted by a provider. */
  readonly sent: number;
  readonly delivered: number;
  /** Failures, those of messages that arrived later too. */
  readonly failed: number;
  /** Arrived after a failure. */
  readonly recovered: number;
}

interface Counted {
  readonly campaign: { readonly type: Channel };
  readonly rollup: Pick<Rollup, "series" | "fallback"> | null;
}

/**
 * The channels that had anything in the range, busiest first. A span of a campaign's series counts
 * where it begins: those of a campaign of a day are minutes, of one long ago hours or days.
 */
export function countsByChannel(
  rows: readonly Counted[],
  { from, to }: TimeRange,
): readonly ChannelCounts[] {
  const counts = new Map<Channel, ChannelCounts>();
  for (const { campaign, rollup } of rows) {
    if (rollup === null) continue;
    for (const { channel, rollup: part } of coursesByWay(campaign.type, rollup)) {
      const points = part.series.filter(({ at }) => at >= from && at < to);
      counts.set(channel, points.reduce(withPoint, counts.get(channel) ?? { channel, ...none }));
    }
  }
  return [...counts.values()]
    .filter(({ sent, failed }) => sent + failed > 0)
    .toSorted((a, b) => b.sent - a.sent);
}

const none = { sent: 0, delivered: 0, failed: 0, recovered: 0 };

function withPoint(known: ChannelCounts, { entered, marked }: SeriesPoint): ChannelCounts {
  return {
    channel: known.channel,
    sent: known.sent + (entered.submitted ?? 0),
    delivered: known.delivered + (entered.delivered ?? 0),
    failed: known.failed + (entered.failed ?? 0) + (entered.undelivered ?? 0),
    recovered: known.recovered + (marked?.recovered ?? 0),
  };
}
