/** Putting codes into a pool, in parts: drawn by chance, or read from a file. */
import { createReadStream } from "node:fs";
import { CsvTooLong } from "#domain/audience/csv-reader.ts";
import { createDraw, patternFor, type RandomBytes } from "#domain/codes/pattern.ts";
import { maxPoolSize } from "#domain/codes/pool.ts";
import {
  codeRejectWords,
  createCodeReader,
  type CodeLine,
  type CodeReject,
} from "#domain/codes/read-codes.ts";
import type { Id } from "#domain/core/id.ts";
import type { CodesGenerate } from "#protocol/rest/codes.ts";
import type { Store } from "../store/store.ts";
import { HttpProblem } from "./problem.ts";

export interface CodeMakingDeps {
  readonly store: Pick<Store, "codes">;
  readonly clock: () => number;
}

export interface PoolToFill {
  readonly workspace: Id;
  readonly poolId: Id;
  /** Codes that it has already. */
  readonly size: number;
}

export interface CodesAdded {
  readonly added: number;
  readonly rejected: number;
  readonly rejects: readonly {
    readonly line: number;
    readonly reason: CodeReject;
    readonly detail: string;
  }[];
}

/** Written in one transaction. */
const batchSize = 5_000;
/** Of the lines that were turned away, as many as somebody reads. */
const maxRejects = 1_000;

export async function generateCodes(
  { store, clock, random }: CodeMakingDeps & { readonly random: RandomBytes },
  { workspace, poolId, size }: PoolToFill,
  wish: CodesGenerate,
): Promise<CodesAdded> {
  const { count } = wish;
  checkSize(size + count);
  const pattern = patternFor(wish, size + count);
  if (!pattern.ok) {
    const { field, words } = pattern.error;
    throw new HttpProblem("invalid", `${field} ${words}.`, field);
  }
  const draw = createDraw(pattern.value, random);
  for (let left = count; left > 0;) {
    const codes = Array.from({ length: Math.min(left, batchSize) }, draw);
    const done = await store.codes.addCodes({ workspace, poolId, codes, now: clock() });
    if (done === null) throw new HttpProblem("not_found");
    // One that was drawn before is drawn again.
    left -= codes.length - done.duplicates.length;
  }
  return { added: count, rejected: 0, rejects: [] };
}

/** Reads the file line by line; what cannot be a code or is there already is told with its line. */
export async function importCodes(
  { store, clock }: CodeMakingDeps,
  { workspace, poolId, size }: PoolToFill,
  path: string,
): Promise<CodesAdded> {
  const told = createTold();
  let added = 0;
  let waiting: CodeLine[] = [];
  const write = async (): Promise<void> => {
    const lines = waiting;
    waiting = [];
    if (lines.length === 0) return;
    checkSize(size + added + lines.length);
    const codes = lines.map(({ code }) => code);
    const done = await store.codes.addCodes({ workspace, poolId, codes, now: clock() });
    if (done === null) throw new HttpProblem("not_found");
    for (const index of done.duplicates) told.reject(lines[index]?.line ?? 0, "duplicate");
    added += lines.length - done.duplicates.length;
  };
  for await (const line of linesOf(path)) {
    if (!line.fits) told.reject(line.line, "not_a_code");
    else if (waiting.push(line) >= batchSize) await write();
  }
  await write();
  return { added, ...told.all() };
}

function createTold(): {
  readonly reject: (line: number, reason: CodeReject) => void;
  readonly all: () => Pick<CodesAdded, "rejected" | "rejects">;
} {
  const rejects: { line: number; reason: CodeReject; detail: string }[] = [];
  let rejected = 0;
  return {
    reject: (line, reason) => {
      rejected += 1;
      if (rejects.length < maxRejects)
        rejects.push({ line, reason, detail: codeRejectWords[reason] });
    },
    all: () => ({ rejected, rejects: rejects.toSorted((a, b) => a.line - b.line) }),
  };
}

async function* linesOf(path: string): AsyncGenerator<CodeLine> {
  const reader = createCodeReader();
  try {
    for await (const text of createReadStream(path, { encoding: "utf8" })) {
      yield* reader.push(String(text));
    }
    yield* reader.end();
  } catch (error) {
    if (!(error instanceof CsvTooLong)) throw error;
    throw new HttpProblem("import_broken", `Line ${error.line} is too long to be a code.`);
  }
}

function checkSize(size: number): void {
  if (size <= maxPoolSize) return;
  const words = `A pool has at most ${maxPoolSize} codes.`;
  throw new HttpProblem("invalid", words, "count");
}
