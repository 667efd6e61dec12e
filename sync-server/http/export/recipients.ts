/** The recipients of a campaign as files, streamed: one moment, whatever is sent meanwhile. */
import { Readable } from "node:stream";
import { recipientSheets, type FileFacts } from "#domain/report/recipient-file.ts";
import {
  recipientHeading,
  recipientLine,
  type RecipientFacts,
} from "#domain/report/recipient-line.ts";
import { workbook } from "#domain/report/workbook/workbook.ts";
import type { ReportRow, RunRow } from "../../store/report-store.ts";
import type { ShowAddress } from "../report-answers.ts";
import { createPacker } from "./packer.ts";

export interface RecipientFile {
  readonly facts: FileFacts;
  /** The rows behind this one, at most `exportBatch`; null: from the first. */
  read(after: FileRow | null): Promise<readonly FileRow[]>;
  readonly show: ShowAddress;
}

/** Of a campaign that repeats with its run. */
export type FileRow = ReportRow & Partial<Pick<RunRow, "distribution" | "run">>;

/** Rows that are read at once: forming them keeps others waiting for some milliseconds. */
export const exportBatch = 1_000;

/** `campaign-1042-Autumn-3f2a-90bc-17de-5501.csv`: the snapshot stands in the name, as CSV has no other place. */
export function fileName({ campaign, snapshot }: FileFacts, ending: string): string {
  const plain = campaign.name.replaceAll(/[^A-Za-z0-9]+/g, "-").replaceAll(/^-+|-+$/g, "");
  const parts = ["campaign", String(campaign.number ?? ""), plain, snapshot ?? ""];
  return `${parts.filter((part) => part !== "").join("-")}.${ending}`;
}

export function csvFile(file: RecipientFile): Readable {
  return Readable.from(csvOf(file), { objectMode: false });
}

async function* csvOf(file: RecipientFile): AsyncGenerator<string> {
  yield recipientHeading(file.facts);
  for await (const rows of batchesOf(file)) {
    let text = "";
    for (const row of rows) text += recipientLine(row);
    yield text;
  }
}

export function xlsxFile(file: RecipientFile): Readable {
  const sheets = recipientSheets(batchesOf(file), file.facts);
  return Readable.from(workbook(sheets, createPacker), { objectMode: false });
}

/** The next batch is read while this one is formed. */
async function* batchesOf(file: RecipientFile): AsyncGenerator<readonly RecipientFacts[]> {
  let next = file.read(null);
  for (;;) {
    const rows = await next;
    const last = rows.at(-1);
    if (last === undefined) return;
    const isLast = rows.length < exportBatch;
    if (!isLast) {
      next = file.read(last);
      // Whoever breaks off does not wait for it; whoever does not gets its failure.
      next.catch(() => undefined);
    }
    yield rows.map((row) => factsOf(row, file));
    if (isLast) return;
  }
}

/** Where all go by one channel the file's name for it is enough. */
function factsOf({ channel, ...row }: FileRow, { facts, show }: RecipientFile): RecipientFacts {
  const plain = { ...row, address: show(row.address) };
  return facts.fallsBack === true ? { ...plain, channel } : plain;
}
