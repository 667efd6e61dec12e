/** The recipients as a table to take away: the same rows, in the same order, with the reason in words. */
import { reasonText } from "#domain/message/reason-text.ts";
import { csvPieces } from "#lib/export/csv.ts";
import type { RecipientRow } from "#lib/state/recipients.svelte.ts";
import type { Column } from "#lib/ui/table.ts";

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

/**
 * The columns of the table for the rows of a page. Where there is little room the time stands
 * below the state and the attempts are left out; reasons have a column only if there are any.
 */
export function columnsFor(rows: readonly RecipientRow[], isTight: boolean): readonly Column[] {
  const columns: Column[] = [
    { key: "address", label: "Recipient", primary: true },
    { key: "state", label: isTight ? "State and time" : "State" },
  ];
  if (!isTight) columns.push({ key: "at", label: "Time" });
  if (rows.some((row) => failedReason(row) !== "")) {
    columns.push({ key: "reason", label: "Failed reason" });
  }
  if (!isTight) columns.push({ key: "attempts", label: "Attempts", numeric: true });
  return columns;
}

/** Why it failed, in words; a failed row never has none (I-10). */
export function failedReason({ state, reason }: Pick<RecipientRow, "state" | "reason">): string {
  if (reason !== "none") return reasonText(reason);
  return state === "failed" || state === "undelivered" ? reasonText("unknown") : "";
}
