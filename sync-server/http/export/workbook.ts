/**
 * A workbook of Excel that is written while it is sent, beside the server: in a thread of its own,
 * because forming and packing 100,000 rows takes seconds of a processor, in which nothing would be
 * sent. The thread asks for rows when it can take more, and waits while whoever reads is slow.
 */
import { once } from "node:events";
import { PassThrough, type Readable } from "node:stream";
import { Worker } from "node:worker_threads";

/** Texts stay texts, whatever they look like; a date is a date. Null: empty. */
export type Cell = string | number | Date | null;

export interface Sheet {
  readonly name: string;
  readonly columns: readonly { readonly title: string; readonly width: number }[];
  /** Read batch by batch. */
  readonly rows: AsyncIterable<readonly (readonly Cell[])[]>;
}

/** To the thread. */
export type Written =
  | { readonly t: "sheet"; readonly name: string; readonly columns: Sheet["columns"] }
  | { readonly t: "rows"; readonly rows: readonly (readonly Cell[])[] }
  | { readonly t: "end" };

/** From the thread. */
export type Packed =
  | { readonly t: "bytes"; readonly bytes: Uint8Array }
  /** What was written is packed: more may come. */
  | { readonly t: "next" }
  | { readonly t: "done" };

/** The file as a stream. It breaks off, so that nobody takes a part for the whole, when rows cannot be read. */
export function workbookOf(sheets: AsyncIterable<Sheet>): Readable {
  const out = new PassThrough();
  const thread = new Worker(new URL("./workbook-thread.ts", import.meta.url));
  thread.on("message", (packed: Packed) => {
    if (packed.t === "bytes") out.write(packed.bytes);
  });
  thread.on("error", (error) => out.destroy(error));
  out.on("close", () => void thread.terminate());
  void write(sheets, thread, out).then(
    () => out.end(),
    (error: unknown) => out.destroy(error instanceof Error ? error : new Error(String(error))),
  );
  return out;
}

async function write(
  sheets: AsyncIterable<Sheet>,
  thread: Worker,
  out: PassThrough,
): Promise<void> {
  for await (const { name, columns, rows } of sheets) {
    await say(thread, { t: "sheet", name, columns }, "next");
    for await (const batch of rows) {
      if (out.destroyed) return;
      await say(thread, { t: "rows", rows: batch }, "next");
      if (out.writableNeedDrain) await once(out, "drain");
    }
  }
  await say(thread, { t: "end" }, "done");
}

/** Waits until the thread has packed it; rejects when the thread failed. */
function say(thread: Worker, written: Written, answer: Packed["t"]): Promise<void> {
  return new Promise((resolve, reject) => {
    const hear = (packed: Packed): void => {
      if (packed.t === answer) leave(resolve);
    };
    const fail = (): void => leave(() => reject(new Error("the thread that packs the file ended")));
    const leave = (settle: () => void): void => {
      thread.off("message", hear);
      thread.off("exit", fail);
      settle();
    };
    thread.on("message", hear);
    thread.on("exit", fail);
    thread.postMessage(written);
  });
}
