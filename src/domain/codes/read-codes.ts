/** Reading codes out of a file that comes in pieces: one a line, or the first column of a table. */
import { createCsvReader } from "../audience/csv-reader.ts";
import { isCode } from "../campaign/trigger.ts";

/** Why a line was turned away. */
export type CodeReject = "not_a_code" | "duplicate";

export const codeRejectWords: Readonly<Record<CodeReject, string>> = {
  not_a_code: "A code is letters, digits and _ . - after the first, at most 64 characters.",
  duplicate: "The pool has this code already.",
};

export interface CodeLine {
  /** The line of the file, from 1. */
  readonly line: number;
  readonly code: string;
  /** Whether it can be a code. */
  readonly fits: boolean;
}

export interface CodeReader {
  push(text: string): readonly CodeLine[];
  end(): readonly CodeLine[];
}

const headings: ReadonlySet<string> = new Set(["code", "codes", "voucher", "coupon"]);

/** Throws CsvTooLong for a line longer than any row can be. */
export function createCodeReader(): CodeReader {
  const reader = createCsvReader(",");
  const toLines = (rows: ReturnType<typeof reader.push>): readonly CodeLine[] =>
    rows.flatMap(({ line, cells, broken }) => {
      const [first = ""] = cells;
      const code = (first.split(/[;\t]/)[0] ?? "").replace(/^\uFEFF/, "").trim();
      if (line === 1 && headings.has(code.toLowerCase())) return [];
      return [{ line, code, fits: !broken && isCode(code) }];
    });
  return { push: (text) => toLines(reader.push(text)), end: () => toLines(reader.end()) };
}
