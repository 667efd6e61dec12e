/** The recipients as a table to take away: the same rows, in the same order, with the same words. */
import { reasonText } from "#domain/message/reason.ts";
import { csvPieces } from "#lib/export/csv.ts";
import { messageWords } from "#lib/i18n/state-words.ts";
import type { RecipientRow } from "#lib/state/recipients.svelte.ts";

export const exportColumns = [
  "Address",
  "Name",
  "State",
  "Time (UTC)",
  "Failed reason",
  "Attempts",
  "Segments",
] as const;

export function recipientsCsv(rows: Iterable<RecipientRow>): string[] {
  return csvPieces(exportColumns, rows, (row) => [
    row.address,
    row.name,
    messageWords[row.state].label,
    row.at === null ? "" : new Date(row.at).toISOString(),
    failedReason(row),
    row.attempts,
    row.segments,
  ]);
}

/** Why it failed, in words; a failed row never has none (I-10). */
export function failedReason({ state, reason }: Pick<RecipientRow, "state" | "reason">): string {
  if (reason !== "none") return reasonText(reason);
  return state === "failed" || state === "undelivered" ? reasonText("unknown") : "";
}
