// Databases in memory that are used again from seed to seed: bringing an empty one to today's
// shape costs more than everything else that a short run does with it.
import { DatabaseSync } from "node:sqlite";
import { threadId } from "node:worker_threads";
import { openInlineStore } from "#server/store/sqlite/inline.ts";

/** One database in memory, for as long as it is borrowed. */
export interface MemoryDatabase {
  /** What the product opens. */
  readonly path: string;
  /** A second look at the same data, past the product. */
  readonly beside: DatabaseSync;
  /** Gives it back: everything in it is forgotten. */
  release(): void;
}

interface Kept {
  readonly path: string;
  readonly beside: DatabaseSync;
  readonly emptied: string;
}

const free: Kept[] = [];
let made = 0;

export async function borrowDatabase(): Promise<MemoryDatabase> {
  const kept = free.pop() ?? (await make());
  const release = (): void => {
    // Twice: triggers of one table write into another.
    kept.beside.exec(kept.emptied + kept.emptied);
    free.push(kept);
  };
  return { path: kept.path, beside: kept.beside, release };
}

/** A back-up: the data as it is now, in a database of its own. */
export function copyDatabase({ beside }: MemoryDatabase): MemoryDatabase {
  const path = nextPath();
  const copy = new DatabaseSync(path, { timeout: 5_000 });
  beside.prepare("vacuum into ?").run(path);
  return { path, beside: copy, release: () => copy.close() };
}

async function make(): Promise<Kept> {
  const path = nextPath();
  const first = openInlineStore(path);
  const beside = new DatabaseSync(path, { timeout: 5_000 });
  await first.close();
  beside.exec("pragma foreign_keys = off");
  const emptied = tablesOf(beside).map((name) => `delete from "${name}";`);
  return { path, beside, emptied: emptied.join("\n") };
}

/**
 * Shared by every connection of this process under its name, for as long as one is open: also by
 * those of other threads, where other seeds are walked.
 */
function nextPath(): string {
  made += 1;
  return `file:/simulated-${threadId}-${made}?vfs=memdb`;
}

function tablesOf(db: DatabaseSync): string[] {
  return db
    .prepare("select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'")
    .all()
    .map((row) => String(row["name"]));
}
