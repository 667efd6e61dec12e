/**
 * Looks through a file of contacts on the device, of any size and without a network, by the rule
 * that the server will apply: what is counted here is what the import will do.
 */
import type { CsvRow } from "#domain/audience/csv-reader.ts";
import { csvLine } from "#domain/report/cell.ts";
import { createImporter, type ImportedContact, type ParsePhone } from "#domain/audience/import.ts";
import { withNotes, type ImportNotes } from "#domain/audience/import-note.ts";
import { guessMapping, type Mapping } from "#domain/audience/mapping.ts";
import { rejectWords, type Reject, type RejectReason } from "#domain/audience/reject.ts";
import {
  createTableReader,
  tableProblemWords,
  type TableReader,
} from "#domain/audience/table-reader.ts";
import { err, ok, type Result } from "#domain/core/result.ts";
import type { Instant } from "#domain/core/time.ts";

/** What the first rows of a file show. */
export interface FirstLook {
  readonly heading: readonly string[];
  readonly mapping: Mapping;
  /** Some of the first rows, as they stand. */
  readonly samples: readonly (readonly string[])[];
}

/** How far a check is, and at its end what it found. */
export interface Check {
  readonly readBytes: number;
  readonly rows: number;
  readonly valid: number;
  readonly rejected: number;
  readonly reasons: Readonly<Partial<Record<RejectReason, number>>>;
  readonly withEmail: number;
  readonly withPhone: number;
  readonly emailConsents: number;
  readonly smsConsents: number;
  /** Rows taken with one of their two addresses, as the other is none. */
  readonly dropped: number;
  /** The first contacts as they will be. */
  readonly contacts: readonly ImportedContact[];
  /** Rows that will be taken, by what was not understood of them. */
  readonly notes: ImportNotes;
  /** The first rows that will be turned away. */
  readonly rejects: readonly Reject[];
}

export interface CheckOptions {
  readonly mapping: Mapping;
  readonly now: Instant;
  readonly parsePhone: ParsePhone;
  /** Hears how far it is, after each piece. */
  readonly onProgress: (check: Check) => void;
}

/** What a finished check leaves: its numbers, and every row that will be turned away, as CSV. */
export interface CheckedFile {
  readonly check: Check;
  readonly rejectedRows: Blob;
}

const sampleRows = 5;
const shownRows = 20;

/** The heading with guesses; in words why it cannot be read. Reads no more of the file than it must. */
export async function lookAt(file: Blob): Promise<Result<FirstLook, string>> {
  const table = openTable();
  const samples: (readonly string[])[] = [];
  for await (const { rows } of rowsOf(file, table)) {
    if (!rows.ok) return rows;
    samples.push(...rows.value.slice(0, sampleRows - samples.length).map((row) => row.cells));
    if (samples.length >= sampleRows) break;
  }
  const heading = table.heading() ?? [];
  return ok({ heading, mapping: guessMapping(heading), samples });
}

/** Judges every row. Words for why it could not go on; what was found up to there is lost with it. */
export async function checkFile(
  file: File,
  options: CheckOptions,
): Promise<Result<CheckedFile, string>> {
  const table = openTable();
  const tally = createTally(options, file.name);
  for await (const { rows, readBytes } of rowsOf(file, table)) {
    if (!rows.ok) return rows;
    const heading = table.heading();
    if (heading === null) continue;
    tally.take(heading, rows.value);
    options.onProgress(tally.check(readBytes));
  }
  return ok({ check: tally.check(file.size), rejectedRows: tally.rejectedRows() });
}

function openTable(): TableReader {
  return createTableReader((encoding) => new TextDecoder(encoding));
}

interface Piece {
  readonly rows: Result<readonly CsvRow[], string>;
  readonly readBytes: number;
}

async function* rowsOf(file: Blob, table: TableReader): AsyncGenerator<Piece> {
  let readBytes = 0;
  for await (const bytes of piecesOf(file)) {
    readBytes += bytes.length;
    const rows = table.push(bytes);
    yield { rows: rows.ok ? rows : err(tableProblemWords(rows.error)), readBytes };
    if (!rows.ok) return;
  }
  const rest = table.end();
  yield { rows: rest.ok ? rest : err(tableProblemWords(rest.error)), readBytes };
}

const pieceBytes = 512 * 1024;

/** By slices, not as a stream: Safari's streams of files cannot be iterated. */
async function* piecesOf(file: Blob): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.size; at += pieceBytes) {
    yield new Uint8Array(await file.slice(at, at + pieceBytes).arrayBuffer());
  }
}

function createTally({ mapping, now, parsePhone }: CheckOptions, fileName: string) {
  let importer: ReturnType<typeof createImporter> | null = null;
  const reasons: Partial<Record<RejectReason, number>> = {};
  const contacts: ImportedContact[] = [];
  const rejects: Reject[] = [];
  let notes: ImportNotes = {};
  const counts = { rows: 0, valid: 0, rejected: 0, withEmail: 0, withPhone: 0, dropped: 0 };
  const consents = { emailConsents: 0, smsConsents: 0 };
  const file = createRejectedRows();

  const accept = (contact: ImportedContact): void => {
    counts.valid += 1;
    if (contact.email !== null) counts.withEmail += 1;
    if (contact.phone !== null) counts.withPhone += 1;
    if (contact.dropped !== null) counts.dropped += 1;
    if (contact.notes.length > 0) notes = withNotes(notes, [contact]);
    for (const { channel, granted } of contact.consents) {
      if (granted) consents[channel === "email" ? "emailConsents" : "smsConsents"] += 1;
    }
    if (contacts.length < shownRows) contacts.push(contact);
  };

  const turnAway = (heading: readonly string[], row: Reject): void => {
    if (counts.rejected === 0) file.add(["line", "reason", "field", "explanation", ...heading]);
    counts.rejected += 1;
    reasons[row.reason] = (reasons[row.reason] ?? 0) + 1;
    file.add([String(row.line), row.reason, row.field, rejectWords(row.reason), ...row.cells]);
    if (rejects.length < shownRows) rejects.push(row);
  };

  return {
    take: (heading: readonly string[], rows: readonly CsvRow[]): void => {
      importer ??= createImporter({ heading, mapping, fileName, now, parsePhone });
      for (const row of rows) {
        counts.rows += 1;
        const imported = importer.take(row);
        if (imported.ok) accept(imported.contact);
        else turnAway(heading, imported.reject);
      }
    },
    check: (readBytes: number): Check => ({
      readBytes,
      ...counts,
      ...consents,
      reasons: { ...reasons },
      notes,
      contacts: [...contacts],
      rejects: [...rejects],
    }),
    rejectedRows: (): Blob => file.toBlob(),
  };
}

/** Gathers lines into a Blob as they come: browsers keep large ones on disk. */
function createRejectedRows() {
  const type = "text/csv";
  // The mark tells spreadsheets that this is UTF-8.
  let blob = new Blob(["\uFEFF"], { type });
  let lines: string[] = [];
  const settle = (): Blob => {
    blob = new Blob([blob, ...lines], { type });
    lines = [];
    return blob;
  };
  return {
    add: (cells: readonly string[]): void => {
      lines.push(csvLine(cells));
      if (lines.length >= 5_000) settle();
    },
    toBlob: settle,
  };
}
