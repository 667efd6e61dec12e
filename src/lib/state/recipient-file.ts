/** The chosen recipients as a file, written on the device: the same as the server's own. */
import { fallbackChannel } from "#domain/campaign/fallback.ts";
import { recipientSheets, type FileFacts } from "#domain/report/recipient-file.ts";
import {
  recipientHeading,
  recipientLine,
  type RecipientFacts,
} from "#domain/report/recipient-line.ts";
import { workbook } from "#domain/report/workbook/workbook.ts";
import { createPacker } from "./deflate.ts";
import { rowAt, type Block, type RecipientRow } from "./recipient-table.ts";

export type FileKind = "csv" | "xlsx";

export interface FileOrder {
  readonly kind: FileKind;
  readonly facts: FileFacts;
}

export interface Chosen {
  readonly blocks: readonly Block[];
  readonly places: Uint32Array;
}

export interface Telling {
  /** Rows that are written. */
  readonly onProgress: (rows: number) => void;
  readonly isStopped: () => boolean;
}

const types = {
  csv: "text/csv;charset=utf-8",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
} as const satisfies Record<FileKind, string>;

/** null: it was stopped. */
export async function recipientFile(
  chosen: Chosen,
  { kind, facts }: FileOrder,
  telling: Telling,
): Promise<Blob | null> {
  const rows = batchesOf(chosen, facts, telling);
  const pieces =
    kind === "csv" ? csvOf(rows, facts) : workbook(recipientSheets(rows, facts), createPacker);
  const parts: BlobPart[] = [];
  for await (const piece of pieces) parts.push(piece);
  return telling.isStopped() ? null : new Blob(parts, { type: types[kind] });
}

async function* csvOf(
  rows: AsyncIterable<readonly RecipientFacts[]>,
  facts: FileFacts,
): AsyncGenerator<BlobPart> {
  const encoder = new TextEncoder();
  // The first three bytes mark the file as UTF-8 for spreadsheets.
  yield encoder.encode(`\uFEFF${recipientHeading(facts)}`);
  for await (const batch of rows) yield encoder.encode(batch.map(recipientLine).join(""));
}

/** A million rows are a few hundred batches; between two of them other calls are heard. */
const rowsInBatch = 4_000;

async function* batchesOf(
  { blocks, places }: Chosen,
  facts: FileFacts,
  { onProgress, isStopped }: Telling,
): AsyncGenerator<readonly RecipientFacts[]> {
  for (let from = 0; from < places.length; from += rowsInBatch) {
    await new Promise((resolve) => void setTimeout(resolve));
    if (isStopped()) return;
    const batch = places.subarray(from, from + rowsInBatch);
    yield Array.from(batch, (place) => rowAt(blocks, place))
      .filter((row) => row !== null)
      .map((row) => ({ ...row, n: row.index, at: row.at ?? 0, ...channelOf(row, facts) }));
    onProgress(Math.min(places.length, from + rowsInBatch));
  }
}

/** As the server's file has it. */
function channelOf(
  { isSecond = false }: RecipientRow,
  { campaign, fallsBack = false }: FileFacts,
): Pick<RecipientFacts, "channel"> {
  return fallsBack ? { channel: isSecond ? fallbackChannel : campaign.type } : {};
}
