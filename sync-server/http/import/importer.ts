/**
 * Imports files of contacts in the background, one after another: a file is read piece by piece,
 * its rows judged by the rule of domain/audience/import.ts and stored in batches. While one batch
 * is being stored, the next is read; no more than these two are ever held.
 */
import { createImporter, type ImportedContact, type Importer } from "#domain/audience/import.ts";
import {
  guessMapping,
  mappingProblem,
  mappingProblemWords,
  type Mapping,
  type Target,
} from "#domain/audience/mapping.ts";
import type { Reject } from "#domain/audience/reject.ts";
import { tableProblemWords, type TableProblem } from "#domain/audience/table-reader.ts";
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import type { ImportedRow } from "../../store/contact-store.ts";
import { StoreError, type Store } from "../../store/store.ts";
import { HttpProblem } from "../problem.ts";
import { rowsOfFile } from "./file-rows.ts";
import { parsePhone } from "./phone.ts";
import type { Spool } from "./spool.ts";

export interface ImportsDeps {
  readonly store: Pick<Store, "contacts">;
  readonly clock: () => Instant;
  readonly newId: () => Id;
  readonly spool: Spool;
  /** Hears when an import ended: counts of audiences are stale then. */
  readonly onEnd?: (workspace: Id) => void;
  /** Hears of what is neither the file's nor the disk's fault. */
  readonly onError?: (error: unknown) => void;
}

export interface FileToImport {
  readonly id: Id;
  readonly workspace: Id;
  readonly user: Id | null;
  readonly path: string;
  readonly fileName: string;
  readonly listName: string;
  /** By column, by heading, or guessed. */
  readonly mapping: Mapping | Readonly<Record<string, Target>> | null;
}

export interface Imports {
  /** Looks at the heading, and refuses what is no table; the rest goes on in the background. */
  begin(file: FileToImport): Promise<{ readonly id: Id; readonly listId: Id }>;
  /** At the start of the server: ends what it left open when it stopped. */
  recover(): Promise<void>;
  /** Resolves when everything that was begun has ended. */
  idle(): Promise<void>;
  /** Ends the running import, keeping what it stored. */
  stop(): Promise<void>;
}

const batchRows = 1_000;
/** Devices see progress at most four times a second. */
const showEveryMs = 250;

const stoppedWords =
  "The server stopped while it read the file. Send the file again: nothing is doubled.";
const fullWords =
  "The server's disk is full. Free some space and send the file again: nothing is doubled.";
const brokenWords =
  "Something went wrong on the server. Send the file again: nothing is doubled. If it stays, tell your administrator.";

export function createImports(deps: ImportsDeps): Imports {
  let queue: Promise<void> = Promise.resolve();
  let isStopped = false;
  const run = (file: FileToImport, importer: Importer): Promise<void> =>
    runImport(deps, { file, importer, isStopped: () => isStopped });
  return {
    begin: async (file) => {
      const heading = await readHeading(file.path);
      const mapping = settleMapping(heading, file.mapping);
      const { fileName, id, workspace } = file;
      const now = deps.clock();
      const listId = deps.newId();
      await deps.store.contacts.startImport({
        workspace,
        id,
        fileName,
        listId,
        listName: file.listName,
        heading,
        now,
      });
      const importer = createImporter({ heading, mapping, fileName, now, parsePhone });
      queue = queue.then(() => run(file, importer));
      return { id, listId };
    },
    recover: async () => {
      await deps.spool.clear();
      await deps.store.contacts.failOpenImports({ problem: stoppedWords, now: deps.clock() });
    },
    idle: () => queue,
    stop: async () => {
      isStopped = true;
      await queue;
    },
  };
}

async function readHeading(path: string): Promise<readonly string[]> {
  for await (const piece of rowsOfFile(path)) {
    if (!piece.ok) throw new HttpProblem("import_broken", tableProblemWords(piece.error));
    return piece.value.heading;
  }
  return [];
}

function settleMapping(heading: readonly string[], wished: FileToImport["mapping"]): Mapping {
  const mapping = isByColumn(wished) ? wished : byHeading(heading, wished ?? {});
  const problem = mappingProblem(mapping, heading.length);
  if (problem === null) return mapping;
  const words = mappingProblemWords(problem);
  if (wished !== null) throw new HttpProblem("invalid", words, "mapping");
  throw new HttpProblem("import_broken", words);
}

function isByColumn(wished: FileToImport["mapping"]): wished is Mapping {
  return Array.isArray(wished);
}

function byHeading(heading: readonly string[], wished: Readonly<Record<string, Target>>): Mapping {
  const unknown = Object.keys(wished).find((name) => !heading.includes(name));
  if (unknown !== undefined) {
    throw new HttpProblem("invalid", `The file has no column ${unknown}.`, `mapping.${unknown}`);
  }
  const taken = new Set(Object.values(wished));
  return guessMapping(heading).map((guess, index) => {
    const wish = wished[heading[index] ?? ""];
    if (wish !== undefined) return wish;
    return taken.has(guess) && guess !== "skip" ? "field" : guess;
  });
}

interface Running {
  readonly file: FileToImport;
  readonly importer: Importer;
  readonly isStopped: () => boolean;
}

async function runImport(deps: ImportsDeps, running: Running): Promise<void> {
  const { id, workspace, user, path } = running.file;
  let problem: string | null;
  try {
    problem = await storeFile(deps, running);
  } catch (error) {
    problem = wordsOf(error);
    if (problem === brokenWords) deps.onError?.(error);
  }
  try {
    await deps.spool.remove(path);
    await deps.store.contacts.endImport({ workspace, id, problem, by: user, now: deps.clock() });
    deps.onEnd?.(workspace);
  } catch (error) {
    // The import stays open until the next start, which ends it.
    deps.onError?.(error);
  }
}

/** Answers why it could not go on to the end, in words; null when it could. */
async function storeFile(deps: ImportsDeps, running: Running): Promise<string | null> {
  const batches = createBatches(deps, running.file);
  for await (const piece of rowsOfFile(running.file.path)) {
    if (running.isStopped()) return endBadly(batches, stoppedWords);
    if (!piece.ok) return endBadly(batches, problemWords(piece.error));
    for (const row of piece.value.rows) {
      const imported = running.importer.take(row);
      if (imported.ok) batches.accept(imported.contact);
      else batches.reject(imported.reject);
      if (batches.isFull()) await batches.flush();
    }
  }
  await batches.flush();
  await batches.settled();
  return null;
}

async function endBadly(batches: Batches, words: string): Promise<string> {
  await batches.flush();
  await batches.settled();
  return words;
}

function problemWords(problem: TableProblem): string {
  return `${tableProblemWords(problem)} The rows before it were imported.`;
}

function wordsOf(error: unknown): string {
  return error instanceof StoreError && error.failure === "full" ? fullWords : brokenWords;
}

interface Batches {
  readonly accept: (contact: ImportedContact) => void;
  readonly reject: (row: Reject) => void;
  readonly isFull: () => boolean;
  /** Hands the batch to storage, when the one before it is stored. */
  readonly flush: () => Promise<void>;
  readonly settled: () => Promise<void>;
}

function createBatches({ store, clock, newId }: ImportsDeps, file: FileToImport): Batches {
  let contacts: ImportedRow[] = [];
  let rejects: Reject[] = [];
  let storing: Promise<void> = Promise.resolve();
  let shownAt = 0;
  return {
    accept: (contact) => {
      contacts.push({ ...contact, id: newId() });
    },
    reject: (row) => {
      rejects.push(row);
    },
    isFull: () => contacts.length + rejects.length >= batchRows,
    flush: async () => {
      await storing;
      if (contacts.length + rejects.length === 0) return;
      const now = clock();
      const show = now - shownAt >= showEveryMs;
      if (show) shownAt = now;
      const { workspace, id: importId } = file;
      storing = store.contacts.importRows({ workspace, importId, contacts, rejects, show, now });
      // Judged at the next flush; a rejection must not count as unhandled until then.
      storing.catch(() => undefined);
      contacts = [];
      rejects = [];
    },
    settled: () => storing,
  };
}
