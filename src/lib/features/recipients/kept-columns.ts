/** Which columns somebody chose for recipients: kept on this device, for every campaign. */
import { columnChoices, type ColumnChoice } from "./table.ts";

const storageKey = "fieldcast.recipient-columns";

/** null: nobody chose. */
export function readColumns(): readonly ColumnChoice[] | null {
  const kept = localStorage.getItem(storageKey)?.split(" ");
  return kept === undefined ? null : columnChoices.filter((choice) => kept.includes(choice));
}

/** null: as it is without a choice. */
export function keepColumns(chosen: readonly ColumnChoice[] | null): void {
  if (chosen === null) localStorage.removeItem(storageKey);
  else localStorage.setItem(storageKey, chosen.join(" "));
}
