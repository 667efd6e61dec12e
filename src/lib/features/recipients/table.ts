/** The columns of the recipients' table. */
import { failedReason } from "#domain/report/recipient-line.ts";
import type { RecipientRow } from "#lib/state/recipients.svelte.ts";
import type { Column } from "#lib/ui/table.ts";

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
