/** What happened since a moment, over all campaigns: today's numbers. */
import type { Instant } from "../core/time.ts";
import type { BandCounts } from "./band.ts";
import { bandsOverTime, type OverTimePoint } from "./over-time.ts";
import type { Rollup } from "./rollup.ts";

export interface DayNumbers {
  readonly sent: number;
  readonly delivered: number;
  readonly failed: number;
  /** Campaigns in which anything happened. */
  readonly campaigns: number;
}

/** The numbers between two moments: what is there at the end and was not at the start. */
export function numbersSince(rollups: readonly Rollup[], from: Instant): DayNumbers {
  let sent = 0;
  let delivered = 0;
  let failed = 0;
  let campaigns = 0;
  for (const rollup of rollups) {
    if (rollup.at < from) continue;
    const points = bandsOverTime(rollup);
    const end = points.at(-1)?.bands;
    if (end === undefined) continue;
    const start = bandsAt(points, from);
    const gained = grown(start, end);
    sent += gained.sent;
    delivered += gained.delivered;
    failed += gained.failed;
    if (gained.sent + gained.delivered + gained.failed > 0) campaigns += 1;
  }
  return { sent, delivered, failed, campaigns };
}

/** How much was sent in each span between two moments, for a small line. */
export function sentPerSpan(
  rollups: readonly Rollup[],
  range: { readonly from: Instant; readonly to: Instant },
  spanMs: number,
): number[] {
  const spans = Math.max(1, Math.ceil((range.to - range.from) / spanMs));
  const counts = Array.from({ length: spans }, () => 0);
  for (const rollup of rollups) {
    if (rollup.at < range.from) continue;
    const points = bandsOverTime(rollup);
    let before = sentOf(bandsAt(points, range.from));
    for (let span = 0; span < spans; span++) {
      const after = sentOf(bandsAt(points, range.from + (span + 1) * spanMs));
      counts[span] = (counts[span] ?? 0) + Math.max(0, after - before);
      before = after;
    }
  }
  return counts;
}

const nothing: BandCounts = { delivered: 0, unconfirmed: 0, failed: 0, skipped: 0, toGo: 0 };

function bandsAt(points: readonly OverTimePoint[], at: Instant): BandCounts {
  return points.findLast((point) => point.at <= at)?.bands ?? nothing;
}

function sentOf(bands: BandCounts): number {
  return bands.delivered + bands.unconfirmed;
}

function grown(start: BandCounts, end: BandCounts) {
  return {
    sent: Math.max(0, sentOf(end) - sentOf(start)),
    delivered: Math.max(0, end.delivered - start.delivered),
    failed: Math.max(0, end.failed - start.failed),
  };
}
