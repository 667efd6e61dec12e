/**
 * The file `epoch` beside the database: which history the database belongs to, and how far it had
 * come. An older copy of the database that somebody put in its place is behind this file, and is
 * then treated as a restored one (store/sqlite/history.ts).
 */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import type { Adopted, AdminStore, HistoryMark } from "../store/admin-store.ts";
import { takeRevocations, type RevokedDeps } from "./revoked-file.ts";

const shape = v.object({ epoch: v.string(), tick: v.pipe(v.number(), v.integer()) });

interface HistoryDeps extends RevokedDeps {
  readonly admin: Pick<AdminStore, "adopt" | "tick">;
}

/** Settles which history this is, and who is signed out of it, before anything is sent or answered. */
export async function adoptHistory(
  deps: HistoryDeps,
  { isCopy, now }: { readonly isCopy: boolean; readonly now: number },
): Promise<Adopted> {
  const { admin, dataDir } = deps;
  const adopted = await admin.adopt({ beside: readMark(dataDir), isCopy, now });
  // Before the mark: after a crash between the two it is done again.
  if (adopted.isRestored) await takeRevocations(deps);
  writeMark(dataDir, adopted.mark);
  return adopted;
}

/** Notes that this history goes on: first in the database, then beside it. */
export async function keepHistory({
  admin,
  dataDir,
}: Pick<HistoryDeps, "admin" | "dataDir">): Promise<void> {
  writeMark(dataDir, await admin.tick({}));
}

export function epochPath(dataDir: string): string {
  return join(dataDir, "epoch");
}

/** Null where there is none, or none that can be read. */
function readMark(dataDir: string): HistoryMark | null {
  try {
    const parsed = v.safeParse(shape, JSON.parse(readFileSync(epochPath(dataDir), "utf8")));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}

/** Whole or not at all, whenever the power fails. */
function writeMark(dataDir: string, mark: HistoryMark): void {
  const path = epochPath(dataDir);
  const file = openSync(`${path}.new`, "w", 0o600);
  try {
    writeSync(file, `${JSON.stringify(mark)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.new`, path);
}
