/**
 * The five bands in which people read a report: every message is in exactly one, so the bands
 * always add up to the total. Counters, charts, filters and colours all speak of these.
 */
import type { MessageState, StateCounts } from "../message/state.ts";

/** In the order in which they are drawn: from what arrived to what is still to do. */
export const bands = ["delivered", "unconfirmed", "failed", "skipped", "toGo"] as const;

export type Band = (typeof bands)[number];

/** One count for each band. */
export type BandCounts = Readonly<Record<Band, number>>;

export const bandOf = {
  queued: "toGo",
  sending: "toGo",
  ambiguous: "toGo",
  submitted: "unconfirmed",
  sent: "unconfirmed",
  unconfirmed: "unconfirmed",
  skipped: "skipped",
  canceled: "skipped",
  failed: "failed",
  undelivered: "failed",
  delivered: "delivered",
  read: "delivered",
} as const satisfies Record<MessageState, Band>;

const stateBands: readonly (readonly [MessageState, Band])[] = [
  ["queued", bandOf.queued],
  ["sending", bandOf.sending],
  ["ambiguous", bandOf.ambiguous],
  ["submitted", bandOf.submitted],
  ["sent", bandOf.sent],
  ["unconfirmed", bandOf.unconfirmed],
  ["skipped", bandOf.skipped],
  ["canceled", bandOf.canceled],
  ["failed", bandOf.failed],
  ["undelivered", bandOf.undelivered],
  ["delivered", bandOf.delivered],
  ["read", bandOf.read],
];

/** How many messages each band holds; their sum is the sum of the states. */
export function bandCounts(states: Partial<StateCounts>): BandCounts {
  const counts = { delivered: 0, unconfirmed: 0, failed: 0, skipped: 0, toGo: 0 };
  for (const [state, band] of stateBands) counts[band] += states[state] ?? 0;
  return counts;
}
