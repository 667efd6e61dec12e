/** The columns of the recipients' table. */
import { failedReason } from "#domain/report/recipient-line.ts";
import type { RecipientRow } from "#lib/state/recipients.svelte.ts";
import type { Column } from "#lib/ui/table.ts";

/** What may be left out; who it is and the state always stand there. */
export const columnChoices = [
  "at",
  "reason",
  "attempts",
  "segments",
  "carrier",
  "edition",
] as const;

export type ColumnChoice = (typeof columnChoices)[number];

const labels = {
  at: "Time",
  reason: "Failed reason",
  attempts: "Attempts",
  segments: "Segments",
  carrier: "Carrier",
  edition: "Text",
} as const satisfies Record<ColumnChoice, string>;

export function columnLabel(choice: ColumnChoice): string {
  return labels[choice];
}

interface Room {
  /** There is little: the time stands below the state, and so do the attempts. */
  readonly isTight: boolean;
  /** null: nobody chose. */
  readonly chosen: readonly ColumnChoice[] | null;
}

/** Of who did not choose: reasons have a column only if there are any, as has what a channel has. */
export function columnsFor(rows: readonly RecipientRow[], { isTight, chosen }: Room): Column[] {
  const shown = chosen ?? usual(rows, isTight);
  const isInState = (choice: ColumnChoice) => isTight && (choice === "at" || choice === "attempts");
  return [
    { key: "address", label: "Recipient", primary: true, sortable: true },
    { key: "state", label: stateLabel(isTight, shown), sortable: true },
    ...columnChoices
      .filter((choice) => shown.includes(choice) && !isInState(choice))
      .map((choice) => ({
        key: choice,
        label: labels[choice],
        sortable: true,
        numeric: choice === "attempts" || choice === "segments",
      })),
  ];
}

/** What stands with the state where there is little room. */
export function isShown(choice: ColumnChoice, chosen: readonly ColumnChoice[] | null): boolean {
  return chosen === null || chosen.includes(choice);
}

function usual(rows: readonly RecipientRow[], isTight: boolean): readonly ColumnChoice[] {
  const hasReasons = rows.some((row) => failedReason(row) !== "");
  const hasCarriers = !isTight && rows.some(({ carrier }) => carrier !== null);
  const hasEditions = rows.some(({ edition }) => edition !== null && edition > 1);
  return columnChoices.filter((choice) => {
    if (choice === "reason") return hasReasons;
    if (choice === "carrier") return hasCarriers;
    if (choice === "edition") return hasEditions;
    return choice !== "segments";
  });
}

function stateLabel(isTight: boolean, shown: readonly ColumnChoice[]): string {
  return isTight && shown.includes("at") ? "State and time" : "State";
}
