/** Messages that did not arrive, of all campaigns, as a file. */
import { Readable } from "node:stream";
import { csvLine } from "#domain/report/cell.ts";
import type { StoppedItem } from "#protocol/rest/usage.ts";
import type { StoppedRow } from "../../store/report-store.ts";
import { exportBatch } from "./recipients.ts";

export interface StoppedOf {
  /** The rows behind one of them, at most `exportBatch`; null: from the first. */
  readonly read: (after: StoppedRow | null) => Promise<readonly StoppedRow[]>;
  readonly toItem: (row: StoppedRow) => StoppedItem;
}

const heading = csvLine([
  "recipient",
  "name",
  "campaign",
  "type",
  "carrier",
  "country",
  "state",
  "failed reason",
  "reason code",
  "segments",
  "time",
]);

export function stoppedFile(of: StoppedOf): Readable {
  return Readable.from(linesOf(of));
}

async function* linesOf({ read, toItem }: StoppedOf): AsyncGenerator<string> {
  yield heading;
  for (let last: StoppedRow | null = null; ;) {
    const rows: readonly StoppedRow[] = await read(last);
    if (rows.length > 0) yield rows.map((row) => lineOf(toItem(row))).join("");
    last = rows.at(-1) ?? null;
    if (last === null || rows.length < exportBatch) return;
  }
}

function lineOf(item: StoppedItem): string {
  const { address, name, campaignId, type, carrier, country, state, reason, segments, at } = item;
  const where = [campaignId, type, carrier ?? "", country ?? ""];
  return csvLine([address, name, ...where, state, item.reasonText, reason, segments, at]);
}
