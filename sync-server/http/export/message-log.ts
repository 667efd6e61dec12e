/** The log of messages as a file: Messangi's ten columns. */
import { Readable } from "node:stream";
import { csvLine } from "#domain/report/cell.ts";
import type { LogItem } from "#protocol/rest/message-log.ts";
import type { LogPage, LogPlace } from "../../store/log-store.ts";

export interface LogFile {
  /** At most `exportBatch` rows; null: from the newest. */
  readonly read: (after: LogPlace | null) => Promise<LogPage>;
  readonly toItem: (row: LogPage["rows"][number]) => LogItem;
  readonly words: "fieldcast" | "messangi";
  readonly publicUrl: string;
}

export const logColumns = [
  "Date",
  "Channel",
  "Direction",
  "Sender",
  "Recipient",
  "Carrier",
  "Status",
  "Status Date",
  "Campaign ID",
  "Action",
] as const;

export function logFile(file: LogFile): Readable {
  return Readable.from(linesOf(file), { objectMode: false });
}

async function* linesOf(file: LogFile): AsyncGenerator<string> {
  yield csvLine(logColumns);
  for (let after: LogPlace | null = null; ;) {
    const { rows, next }: LogPage = await file.read(after);
    if (rows.length > 0) yield rows.map((row) => lineOf(file.toItem(row), file)).join("");
    if (next === null) return;
    after = next;
  }
}

function lineOf(item: LogItem, { words, publicUrl }: LogFile): string {
  const { date, channel, direction, sender, recipient, carrier, status, statusDate } = item;
  const ownStatus = item.state ?? "received";
  return csvLine([
    date,
    channel,
    direction,
    sender,
    recipient,
    carrier ?? "",
    words === "messangi" ? status : ownStatus,
    statusDate ?? "",
    item.campaignId ?? "",
    actionOf(item, publicUrl),
  ]);
}

/** Where the tries of a message are told; of an inbound one, what came of it. */
function actionOf({ meaning, campaignId, n }: LogItem, publicUrl: string): string {
  if (meaning !== null) return meaning === "other" ? "" : meaning;
  return `${publicUrl}/api/v1/campaigns/${campaignId ?? ""}/messages/${n ?? ""}`;
}
