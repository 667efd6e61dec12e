/** The library alone over rows from memory: `node export-alone.ts FOLDER PEER ROWS`. Prints JSON. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { Readable, Writable, type Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type * as Excelts from "@cj-tech-master/excelts";
import { recipientColumns } from "#domain/report/recipient-line.ts";

const [folder = "", peer = "", count = ""] = process.argv.slice(2);
const load = createRequire(join(folder, "package.json"));
const rows = Number(count);
const start = Date.UTC(2026, 10, 21, 12);
let bytes = 0;
const out = (): Writable =>
  new Writable({
    write(chunk: Uint8Array, _, done) {
      bytes += chunk.length;
      done();
    },
  });

/** What is used of it here. */
interface CsvStringify {
  stringify(options: {
    readonly header: boolean;
    readonly columns: readonly string[];
    readonly escape_formulas: boolean;
  }): Transform;
}

function rowAt(n: number, time: (at: number) => unknown): readonly unknown[] {
  const isFailed = n % 10 === 0;
  return [
    n,
    `person-${n}@example.org`,
    `Person ${n}`,
    isFailed ? "failed" : "delivered",
    time(start + n * 30),
    isFailed ? "The account or mailbox does not exist" : "",
    isFailed ? "unknown_recipient" : "",
    isFailed ? "550" : "",
    isFailed ? "no such user" : "",
    1,
    1,
  ];
}

function* lines(): Generator<readonly unknown[]> {
  for (let n = 1; n <= rows; n++) yield rowAt(n, (at) => new Date(at).toISOString());
}

async function csv(): Promise<void> {
  const library: CsvStringify = load("csv-stringify");
  const form = library.stringify({
    header: true,
    columns: recipientColumns,
    escape_formulas: true,
  });
  await pipeline(Readable.from(lines()), form, out());
}

async function xlsx(): Promise<void> {
  const { WorkbookWriter }: typeof Excelts = load("@cj-tech-master/excelts");
  const book = new WorkbookWriter({
    stream: out(),
    useStyles: true,
    useSharedStrings: false,
    trueStreaming: true,
    zip: { zlib: { level: 1 } },
  });
  const sheet = book.addWorksheet("Recipients");
  sheet.columns = recipientColumns.map((header) => ({ header, width: 12 }));
  for (let n = 1; n <= rows; n++) {
    const row = sheet.addRow([...rowAt(n, (at) => new Date(at))]);
    row.getCell(5).numFmt = "yyyy-mm-dd hh:mm:ss";
    row.commit();
    // What was packed meanwhile goes first.
    if (n % 2_000 === 0) await new Promise((resolve) => void setImmediate(resolve));
  }
  sheet.commit();
  await book.commit();
}

const began = performance.now();
await (peer === "csv-stringify" ? csv() : xlsx());
const ms = Math.round(performance.now() - began);
const peakRssMb = Math.round(process.resourceUsage().maxRSS / 1_024);
console.log(JSON.stringify({ ms, bytes, peakRssMb }));
