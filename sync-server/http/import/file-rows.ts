/** The rows of a file on disk, piece by piece: never more of it in memory than a piece and a row. */
import { createReadStream } from "node:fs";
import type { CsvRow } from "#domain/audience/csv-reader.ts";
import { createTableReader, type TableProblem } from "#domain/audience/table-reader.ts";
import type { Result } from "#domain/core/result.ts";

/** Small pieces: the thread that reads them also serves people. */
const pieceBytes = 64 * 1024;

/** What a piece of the file gave. After a problem nothing follows. */
export type Piece = Result<
  { readonly heading: readonly string[]; readonly rows: readonly CsvRow[] },
  TableProblem
>;

export async function* rowsOfFile(path: string): AsyncGenerator<Piece> {
  const table = createTableReader((encoding) => new TextDecoder(encoding));
  const pieces: AsyncIterable<Buffer> = createReadStream(path, { highWaterMark: pieceBytes });
  for await (const bytes of pieces) {
    const read = table.push(bytes);
    if (!read.ok) {
      yield read;
      return;
    }
    const heading = table.heading();
    if (heading !== null) yield { ok: true, value: { heading, rows: read.value } };
  }
  const rest = table.end();
  yield rest.ok ? { ok: true, value: { heading: table.heading() ?? [], rows: rest.value } } : rest;
}
