/** How long the messages are that were not written yet, as far as their text tells it. */
import type { Content } from "#domain/campaign/campaign.ts";
import { smsLength } from "#domain/message/sms-segments.ts";
import type { MessageState } from "#domain/message/state.ts";
import type { TallyRow } from "../report-store.ts";
import type { Database } from "./database.ts";
import type { Place } from "./delivery-place.ts";
import { asSent } from "./link-rows.ts";

/** Whoever stands in one of these was not written to, or will be with the newest text. */
const unwrittenStates: ReadonlySet<MessageState> = new Set([
  "queued",
  "sending",
  "skipped",
  "canceled",
]);

/**
 * Segments of each of them: exactly, where the text says the same to everybody; else as those that
 * were written already, and at first by the text without its names. null: the channel has none.
 */
export function segmentsOfUnwritten(
  db: Database,
  { seq }: Pick<Place, "seq">,
  tally: readonly TallyRow[],
): number | null {
  const row = db.get("select channel, content, link_length from distribution where seq = ?", seq);
  if (row?.["channel"] !== "sms") return null;
  const written: Content = JSON.parse(String(row["content"]));
  const content = asSent(db, seq, { content: written, linkLength: Number(row["link_length"]) });
  return fixedSegments(content) ?? averageOf(tally) ?? leastSegments(content);
}

/** The tally as people are shown it. */
export function withUnwritten(
  tally: readonly TallyRow[],
  each: number | null,
): readonly TallyRow[] {
  if (each === null) return tally;
  return tally.map((counted) =>
    isUnwritten(counted.state) ? { ...counted, segments: counted.n * each } : counted,
  );
}

export function isUnwritten(state: MessageState): boolean {
  return unwrittenStates.has(state);
}

/** Of a text in which nothing is filled in; null: each recipient's may differ. */
function fixedSegments({ text }: Content): number | null {
  return /\{[{%]/.test(text) ? null : Math.max(1, smsLength(text).segments);
}

function leastSegments({ text }: Content): number {
  return Math.max(1, smsLength(text.replaceAll(/\{\{.*?\}\}|\{%.*?%\}/gs, "")).segments);
}

function averageOf(tally: readonly TallyRow[]): number | null {
  const written = tally.filter(
    ({ state, reason }) => !isUnwritten(state) && reason !== "render_failed",
  );
  const sum = (what: "n" | "segments"): number =>
    written.reduce((all, counted) => all + counted[what], 0);
  return sum("n") === 0 ? null : Math.round(sum("segments") / sum("n"));
}
