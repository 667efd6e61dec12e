/** One connection to a SQLite file, with its pragmas and its prepared statements. */
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { StoreError, type Moved, type StoreFailure } from "../store.ts";
import { migrations } from "./migrations.ts";

export type Value = SQLInputValue;
export type Row = Record<string, unknown>;

/** What an operation works with: statements on the open transaction, and the feeds that it moved. */
export interface Database {
  /** Every row. Statements are prepared once and kept. */
  all(sql: string, ...values: readonly Value[]): readonly Row[];
  /** The same as `all`, each row a list of its columns in their order: a third cheaper, where rows are many. */
  lists(sql: string, ...values: readonly Value[]): readonly (readonly unknown[])[];
  get(sql: string, ...values: readonly Value[]): Row | undefined;
  /** Answers how many rows changed. */
  run(sql: string, ...values: readonly Value[]): number;
  /** Row by row, for what is too large to hold. */
  each(sql: string, ...values: readonly Value[]): Iterable<Row>;
  /** Notes that a feed's head moved; listeners hear of it after the commit. */
  moved(moved: Moved): void;
}

export interface Connection extends Database {
  /** Runs each part in one transaction; a part that throws is undone alone. Throws when the commit fails. */
  transact<T>(parts: readonly (() => T)[]): readonly Attempt<T>[];
  /** Runs a read whose statements all see one state of the database. */
  snapshot<T>(read: () => T): Attempt<T>;
  /** From now on every read sees the present moment. */
  hold(): void;
  /** The feeds moved since the last call. */
  takeMoved(): readonly Moved[];
  backup(path: string): void;
  close(): void;
}

/** A statement that was set to return each row as a list. */
interface ListStatement {
  all(...values: readonly Value[]): readonly (readonly unknown[])[];
}

export type Attempt<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

export interface OpenOptions {
  /** A file, or ":memory:". */
  readonly path: string;
  readonly readOnly: boolean;
}

export function openDatabase({ path, readOnly }: OpenOptions): Connection {
  const db = open(path, readOnly);
  if (readOnly) checkShape(db);
  else migrate(db);
  return connect(db);
}

function open(path: string, readOnly: boolean): DatabaseSync {
  try {
    const db = new DatabaseSync(path, { readOnly, timeout: 5_000 });
    if (!readOnly) {
      db.exec("pragma journal_mode = wal");
      db.exec("pragma synchronous = full");
      db.exec("pragma foreign_keys = on");
      proveDurable(db);
    }
    // In KiB. Who only reads has the cache of the operating system behind it.
    db.exec(`pragma cache_size = ${readOnly ? -8_000 : -16_000}`);
    db.exec("pragma temp_store = memory");
    return db;
  } catch (error) {
    throw toStoreError(error, `cannot open the database ${path}`);
  }
}

/** Whether what is answered survives a power cut is not believed, but read back. */
function proveDurable(db: DatabaseSync): void {
  const full = 2;
  if (db.prepare("pragma synchronous").get()?.["synchronous"] === full) return;
  throw new StoreError("other", "the database does not synchronise each commit with the disk");
}

/** Who only reads can neither migrate nor trust another shape. */
function checkShape(db: DatabaseSync): void {
  const at = shapeOf(db);
  if (at > migrations.length) throw newer(at);
  if (at < migrations.length) {
    throw new StoreError("other", "the database is of an older version: start the server once");
  }
}

function shapeOf(db: DatabaseSync): number {
  try {
    return Number(db.prepare("pragma user_version").get()?.["user_version"] ?? 0);
  } catch (error) {
    throw toStoreError(error, "cannot read the database");
  }
}

function newer(at: number): StoreError {
  return new StoreError(
    "newer",
    `the database was written by a newer version (its shape is ${at}, this version knows ${migrations.length}): start the newer version, or restore a back-up`,
  );
}

/** Brings the file to this version's shape; refuses a file that a newer version wrote. */
function migrate(db: DatabaseSync): void {
  const at = shapeOf(db);
  if (at > migrations.length) throw newer(at);
  for (const [index, step] of migrations.entries()) {
    if (index < at) continue;
    db.exec("begin immediate");
    try {
      db.exec(step);
      db.exec(`pragma user_version = ${index + 1}`);
      db.exec("commit");
    } catch (error) {
      if (db.isTransaction) db.exec("rollback");
      throw toStoreError(error, `cannot migrate the database to shape ${index + 1}`);
    }
  }
}

function connect(db: DatabaseSync): Connection {
  const statements = new Map<string, StatementSync>();
  const listStatements = new Map<string, ListStatement>();
  const moved = new Map<string, Moved>();
  const prepare = (sql: string): StatementSync => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const made = db.prepare(sql);
    statements.set(sql, made);
    return made;
  };
  const say: Say = (sql) => void prepare(sql).run();
  const prepareLists = (sql: string): ListStatement => {
    const known = listStatements.get(sql);
    if (known !== undefined) return known;
    const made = db.prepare(sql);
    made.setReturnArrays(true);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- its types do not know what it was set to return
    const typed = made as unknown as ListStatement;
    listStatements.set(sql, typed);
    return typed;
  };
  return {
    all: (sql, ...values) => prepare(sql).all(...values),
    lists: (sql, ...values) => prepareLists(sql).all(...values),
    get: (sql, ...values) => prepare(sql).get(...values),
    run: (sql, ...values) => Number(prepare(sql).run(...values).changes),
    each: (sql, ...values) => db.prepare(sql).iterate(...values),
    moved: (each) => {
      moved.set(`${each.workspace}:${each.feed}:${each.user ?? ""}`, each);
    },
    transact: (parts) => transact(db, { moved, say }, parts),
    snapshot: (read) => snapshot(db, say, read),
    hold: () => {
      db.exec("begin");
      // The moment is that of the first read.
      db.prepare("select count(*) from sqlite_master").get();
    },
    takeMoved: () => {
      const list = [...moved.values()];
      moved.clear();
      return list;
    },
    backup: (path) => {
      db.prepare("vacuum into ?").run(path);
    },
    close: () => db.close(),
  };
}

/** Runs a statement that is prepared once and kept. */
type Say = (sql: string) => void;

function transact<T>(
  db: DatabaseSync,
  { moved, say }: { readonly moved: Map<string, Moved>; readonly say: Say },
  parts: readonly (() => T)[],
): readonly Attempt<T>[] {
  try {
    say("begin immediate");
    const attempts = parts.map((part) => attempt(db, say, part));
    say("commit");
    return attempts;
  } catch (error) {
    // A full disk rolls back by itself: a second rollback would throw.
    if (db.isTransaction) say("rollback");
    moved.clear();
    throw toStoreError(error, "the transaction failed");
  }
}

function snapshot<T>(db: DatabaseSync, say: Say, read: () => T): Attempt<T> {
  if (db.isTransaction) return tried(read);
  say("begin");
  try {
    const value = read();
    say("commit");
    return { ok: true, value };
  } catch (error) {
    if (db.isTransaction) say("rollback");
    return { ok: false, error };
  }
}

function tried<T>(read: () => T): Attempt<T> {
  try {
    return { ok: true, value: read() };
  } catch (error) {
    return { ok: false, error };
  }
}

function attempt<T>(db: DatabaseSync, say: Say, part: () => T): Attempt<T> {
  say("savepoint part");
  try {
    const value = part();
    say("release part");
    return { ok: true, value };
  } catch (error) {
    if (!db.isTransaction) throw error;
    say("rollback to part");
    say("release part");
    return { ok: false, error };
  }
}

const failures: Readonly<Record<number, StoreFailure>> = {
  5: "busy",
  6: "busy",
  8: "readonly",
  10: "full",
  11: "corrupt",
  13: "full",
  14: "readonly",
  26: "corrupt",
};

/** A SQLite error as the promise's error, with what was attempted before the engine's own words. */
export function toStoreError(error: unknown, attempted: string): StoreError {
  if (error instanceof StoreError) return error;
  const code = error instanceof Error && "errcode" in error ? Number(error.errcode) & 0xff : 0;
  const words = error instanceof Error ? error.message : String(error);
  return new StoreError(failures[code] ?? "other", `${attempted}: ${words}`);
}

/** Whether SQLite itself refused, as against a defect in an operation. */
export function isEngineError(error: unknown): boolean {
  return error instanceof Error && "errcode" in error;
}
