/** The clicks of a campaign as a file. */
import { Readable } from "node:stream";
import { csvLine } from "#domain/report/cell.ts";
import type { ClickItem } from "#protocol/rest/links.ts";
import type { ClickRow } from "../../store/link-store.ts";
import { exportBatch } from "./recipients.ts";

export interface ClicksOf {
  /** The rows behind the place `after`, at most `exportBatch`. */
  readonly read: (after: number) => Promise<readonly ClickRow[]>;
  readonly toItem: (row: ClickRow) => ClickItem;
}

/** The first four are the columns of the link report that senders know; then what we know besides. */
const heading = csvLine([
  "number",
  "location",
  "timestamp",
  "body variable 1",
  "recipient",
  "visitor",
  "sign",
  "device",
  "system",
]);

export function clicksFile(of: ClicksOf): Readable {
  return Readable.from(linesOf(of));
}

async function* linesOf({ read, toItem }: ClicksOf): AsyncGenerator<string> {
  yield heading;
  for (let after = 0; ;) {
    const rows = await read(after);
    if (rows.length > 0) yield rows.map((row) => lineOf(toItem(row))).join("");
    const last = rows.at(-1);
    if (last === undefined || rows.length < exportBatch) return;
    after = last.seq;
  }
}

function lineOf(item: ClickItem): string {
  const { number, location, timestamp, variable, recipient, visitor, sign, device, system } = item;
  const asked = [number, location, timestamp, variable];
  return csvLine([...asked, recipient, visitor, sign ?? "", device, system]);
}
