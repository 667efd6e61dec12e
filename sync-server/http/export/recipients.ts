/** The recipients of a campaign as files: one form, whatever the kind of file. */
import { Readable } from "node:stream";
import type { Campaign } from "#domain/campaign/campaign.ts";
import type { Instant } from "#domain/core/time.ts";
import { reasonText } from "#domain/message/reason-text.ts";
import {
  failedReason,
  recipientColumns,
  recipientHeading,
  recipientLine,
} from "#domain/report/recipient-line.ts";
import type { ReportRow, RowFilter } from "../../store/report-store.ts";
import type { ShowAddress } from "../report-answers.ts";
import { workbookOf, type Cell, type Sheet } from "./workbook.ts";

export interface RecipientFile {
  readonly campaign: Campaign;
  /** The rows behind the place `after`, at most `exportBatch`. */
  read(after: number): Promise<readonly ReportRow[]>;
  readonly show: ShowAddress;
}

/** Rows that are read at once. */
export const exportBatch = 2_000;

/** `ending`: "csv", "xlsx". */
export function fileName({ number, name }: Campaign, ending: string): string {
  const plain = name.replaceAll(/[^A-Za-z0-9]+/g, "-").replaceAll(/^-+|-+$/g, "");
  return `${["campaign", number ?? "", plain].filter((part) => part !== "").join("-")}.${ending}`;
}

export function csvFile(file: RecipientFile): Readable {
  return Readable.from(csvOf(file));
}

async function* csvOf(file: RecipientFile): AsyncGenerator<string> {
  yield recipientHeading;
  for await (const rows of batchesOf(file)) {
    yield rows.map((row) => recipientLine({ ...row, address: file.show(row.address) })).join("");
  }
}

async function* batchesOf(file: RecipientFile): AsyncGenerator<readonly ReportRow[]> {
  for (let after = 0; ;) {
    const rows = await file.read(after);
    if (rows.length > 0) yield rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < exportBatch) return;
    after = last.n;
  }
}

/** Below the heading; what Excel itself can show on one sheet. */
const rowsOfSheet = 1_048_575;
const sheetsAtMost = 12;

const widths: Readonly<Partial<Record<(typeof recipientColumns)[number], number>>> = {
  address: 30,
  name: 24,
  time: 20,
  "failed reason": 48,
  "reason code": 20,
};

interface Exported {
  readonly filter: RowFilter;
  readonly asOf: Instant;
}

/** The rows on "Recipients" (and further sheets where one is full), and "About": the filter and as of when. */
export function xlsxFile(file: RecipientFile, exported: Exported): Readable {
  const rest = createRest(file);
  const columns = recipientColumns.map((title) => ({
    title: title === "time" ? "time (UTC)" : title,
    width: widths[title] ?? 12,
  }));
  return workbookOf(sheetsOf({ columns, rest, file, exported }));
}

interface Parts {
  readonly columns: Sheet["columns"];
  readonly rest: Rest;
  readonly file: RecipientFile;
  readonly exported: Exported;
}

async function* sheetsOf({ columns, rest, file, exported }: Parts): AsyncGenerator<Sheet> {
  for (let sheet = 1; sheet <= sheetsAtMost; sheet++) {
    yield {
      name: sheet === 1 ? "Recipients" : `Recipients ${sheet}`,
      columns,
      rows: rest.upTo(rowsOfSheet),
    };
    if (rest.isEmpty()) break;
  }
  yield {
    name: "About",
    columns: [
      { title: "what", width: 24 },
      { title: "value", width: 60 },
    ],
    rows: once(aboutOf(file.campaign, exported, rest.count())),
  };
}

interface Rest {
  upTo(rows: number): AsyncGenerator<readonly (readonly Cell[])[]>;
  isEmpty(): boolean;
  count(): number;
}

/** The rows that are not on a sheet yet. */
function createRest(file: RecipientFile): Rest {
  const batches = batchesOf(file);
  let waiting: readonly ReportRow[] = [];
  let isOver = false;
  let written = 0;
  async function more(): Promise<void> {
    if (waiting.length > 0 || isOver) return;
    const next = await batches.next();
    if (next.done === true) isOver = true;
    else waiting = next.value;
  }
  return {
    async *upTo(rows) {
      for (let left = rows; left > 0;) {
        await more();
        if (waiting.length === 0) return;
        const batch = waiting.slice(0, left);
        waiting = waiting.slice(batch.length);
        left -= batch.length;
        written += batch.length;
        yield batch.map((row) => cellsOf(row, file.show));
      }
      await more();
    },
    isEmpty: () => isOver && waiting.length === 0,
    count: () => written,
  };
}

function cellsOf(row: ReportRow, show: ShowAddress): readonly Cell[] {
  return [
    row.n,
    show(row.address),
    row.name,
    row.state,
    row.at === 0 ? null : new Date(row.at),
    failedReason(row),
    row.reason === "none" ? "" : row.reason,
    row.attempts,
    row.segments,
  ];
}

function aboutOf(
  { number, name, type }: Campaign,
  { filter, asOf }: Exported,
  count: number,
): readonly (readonly Cell[])[] {
  const { states, reasons, q } = filter;
  return [
    ["campaign", name],
    ["number", number],
    ["channel", type],
    ["as of (UTC)", new Date(asOf)],
    ["states", states.length === 0 ? "all" : states.join(", ")],
    ["reasons", reasons.length === 0 ? "all" : reasons.map(reasonText).join(", ")],
    ["search", q ?? "none"],
    ["recipients in this file", count],
  ];
}

async function* once(
  rows: readonly (readonly Cell[])[],
): AsyncGenerator<readonly (readonly Cell[])[]> {
  yield rows;
}
