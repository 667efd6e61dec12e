/** `backup`: a whole copy of a data folder in one file, made beside a running server. */
import { existsSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { Config } from "../config.ts";
import { databasePath, peoplePath } from "../open.ts";
import { openSecret } from "../providers/secrets.ts";
import type { Finding } from "../store/admin-store.ts";
import { StoreError } from "../store/store.ts";
import {
  makeDurable,
  readBackup,
  unknownMembers,
  writeBackup,
} from "../store/sqlite/backup-file.ts";
import { openReadOnlyStore } from "../store/sqlite/inline.ts";
import { migrations } from "../store/sqlite/migrations.ts";
import { noteBackup } from "./backup-note.ts";
import { Refusal } from "./terminal.ts";

export interface MadeBackup {
  readonly path: string;
  readonly bytes: number;
  /** What the doctor found in the copy; null: its shape is older, so it was not recounted. */
  readonly findings: readonly Finding[] | null;
}

/** Somebody who joined or left between the two copies: they are taken again. */
const tries = 3;

export async function makeBackup(
  config: Pick<Config, "dataDir">,
  wish: { readonly to: string; readonly isOver: boolean; readonly now: number },
): Promise<MadeBackup> {
  const database = databasePath(config);
  const people = peoplePath(config);
  if (!existsSync(database) || !existsSync(people)) {
    throw new Refusal(`There is no database in ${config.dataDir} yet: nothing to back up.`);
  }
  const path = fileFor(wish);
  const part = join(dirname(path), `.${basename(path)}.part-${process.pid}`);
  // Whoever may read a back-up may read everything: it is for this user alone.
  const mask = process.umask(0o077);
  try {
    const from = { database, people, secret: openSecret(config.dataDir), now: wish.now };
    const shape = copy(from, part);
    readBackup(part);
    const findings = shape === migrations.length ? await recount(part) : null;
    makeDurable(part);
    renameSync(part, path);
    makeDurable(dirname(path));
    const { size: bytes } = statSync(path);
    noteBackup(config.dataDir, { at: wish.now, path, bytes });
    return { path, bytes, findings };
  } catch (error) {
    throw inWords(error, path);
  } finally {
    process.umask(mask);
    for (const ending of ["", "-wal", "-shm", "-journal"]) rmSync(part + ending, { force: true });
  }
}

/** Answers the shape of what was copied. */
function copy(from: Parameters<typeof writeBackup>[0], to: string): number {
  for (let left = tries; ; left--) {
    const { shape } = writeBackup(from, to);
    if (left === 1 || unknownMembers(to, from.people) === 0) return shape;
    rmSync(to);
  }
}

async function recount(path: string): Promise<readonly Finding[]> {
  const store = openReadOnlyStore(path);
  try {
    return await store.admin.doctor({});
  } finally {
    await store.close();
  }
}

/** The file that was named, or one with the time in its name in the folder that was. */
function fileFor({ to, isOver, now }: Parameters<typeof makeBackup>[1]): string {
  const path = resolve(to);
  const isFolder = existsSync(path) && statSync(path).isDirectory();
  if (isFolder) {
    const time = new Date(now).toISOString().replaceAll(":", "-").replace(/\.\d+/, "");
    return join(path, `fieldcast-${time}.backup`);
  }
  if (!existsSync(dirname(path))) throw new Refusal(`There is no folder ${dirname(path)}.`);
  if (existsSync(path) && !isOver) {
    throw new Refusal(`There is a file ${path} already: name another one, or add --over.`);
  }
  return path;
}

function inWords(error: unknown, path: string): unknown {
  if (!(error instanceof StoreError)) return error;
  const why = error.failure === "full" ? "the disk there is full" : error.message;
  return new Refusal(`The back-up ${path} was not made: ${why}.`);
}
