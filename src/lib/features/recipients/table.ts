/** The recipients as a table to take away: the same rows, in the same order, with the reason in words. */
import { reasonText } from "#domain/message/reason.ts";
import { csvPieces } from "#lib/export/csv.ts";
import type { RecipientRow } from "#lib/state/recipients.svelte.ts";

/** The same columns as the server's own export, so that files of both can be laid together. */
export const exportColumns = [
  "n",
  "address",
  "name",
  "state",
  "time",
  "failed reason",
  "reason code",
  "attempts",
  "segments",
] as const;

export function recipientsCsv(rows: Iterable<RecipientRow>): string[] {
  return csvPieces(exportColumns, rows, (row) => [
    row.index,
    row.address,
    row.name,
    row.state,
    row.at === null ? "" : new Date(row.at).toISOString(),
    failedReason(row),
    row.reason === "none" ? "" : row.reason,
    row.attempts,
    row.segments,
  ]);
}

/** Why it failed, in words; a failed row never has none (I-10). */
export function failedReason({ state, reason }: Pick<RecipientRow, "state" | "reason">): string {
  if (reason !== "none") return reasonText(reason);
  return state === "failed" || state === "undelivered" ? reasonText("unknown") : "";
}
