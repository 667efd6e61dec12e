/** The thread of workbook.ts: forms rows, packs them, and says when it can take more. */
import { Writable } from "node:stream";
import { parentPort } from "node:worker_threads";
import { WorkbookWriter } from "@cj-tech-master/excelts";
import type { Packed, Written } from "./workbook.ts";

if (parentPort === null) throw new Error("this file is the program of a thread");
const port = parentPort;

/** Fast and half the size; the best packing is a tenth smaller and takes three times as long. */
const packing = 1;
/** Excel knows no zones: the columns say that it is UTC. */
const dates = "yyyy-mm-dd hh:mm:ss";

const out = new Writable({
  write(chunk: Uint8Array, _encoding, done) {
    // A copy: the writer may use the room again.
    tell({ t: "bytes", bytes: new Uint8Array(chunk) });
    done();
  },
});
const book = new WorkbookWriter({
  stream: out,
  useStyles: true,
  useSharedStrings: false,
  trueStreaming: true,
  zip: { zlib: { level: packing } },
});
let sheet: ReturnType<typeof book.addWorksheet> | null = null;

port.on("message", (written: Written) => {
  void take(written).catch((error: unknown) => {
    // An error that nobody catches ends the thread, and the stream with it.
    setImmediate(() => {
      throw error;
    });
  });
});

async function take(written: Written): Promise<void> {
  if (written.t === "sheet") {
    sheet?.commit();
    sheet = book.addWorksheet(written.name, { views: [{ state: "frozen", ySplit: 1 }] });
    sheet.columns = written.columns.map(({ title, width }) => ({ header: title, width }));
    sheet.getRow(1).font = { bold: true };
    sheet.getRow(1).commit();
  } else if (written.t === "rows") {
    for (const row of written.rows) addRow(row);
  } else {
    sheet?.commit();
    await book.commit();
    tell({ t: "done" });
    return;
  }
  // What was packed meanwhile goes first.
  await new Promise((resolve) => void setImmediate(resolve));
  tell({ t: "next" });
}

function addRow(cells: Extract<Written, { readonly t: "rows" }>["rows"][number]): void {
  const row = sheet?.addRow([...cells]);
  cells.forEach((cell, index) => {
    if (cell instanceof Date && row !== undefined) row.getCell(index + 1).numFmt = dates;
  });
  row?.commit();
}

function tell(packed: Packed): void {
  port.postMessage(packed);
}
