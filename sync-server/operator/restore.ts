/**
 * `restore`: puts a back-up in the place of a data folder. What was there is put aside, never
 * deleted; and what comes back begins another history in which nothing is sent by itself.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Config } from "../config.ts";
import { databasePath, lockDataDir, peoplePath, prepareDataDir } from "../open.ts";
import { secretPath } from "../providers/secrets.ts";
import type { Adopted, Finding } from "../store/admin-store.ts";
import { StoreError } from "../store/store.ts";
import {
  endSessions,
  extractDatabase,
  makeDurable,
  readBackup,
  type ReadBackup,
} from "../store/sqlite/backup-file.ts";
import { openInlineStore } from "../store/sqlite/inline.ts";
import { adoptHistory, epochPath } from "./epoch-file.ts";
import { Refusal } from "./terminal.ts";

export interface Restored {
  /** When the back-up was made. */
  readonly at: number;
  readonly adopted: Adopted;
  readonly findings: readonly Finding[];
  /** Where what was there before is now; null: nothing was. */
  readonly aside: string | null;
}

interface Wish {
  readonly from: string;
  readonly isOver: boolean;
  readonly now: number;
}

export async function restoreBackup(config: Config, wish: Wish): Promise<Restored> {
  const backup = open(wish.from);
  prepareDataDir(config);
  const unlock = lockOrRefuse(config);
  try {
    const isUsed = existsSync(databasePath(config));
    if (isUsed && !wish.isOver) {
      throw new Refusal(
        `There is a database in ${config.dataDir} already: name another DATA_DIR, or add --over, which puts it aside.`,
      );
    }
    const aside = putInPlace(config, wish, backup);
    const settled = await settle(config, wish.now);
    return { at: backup.about.at, aside, ...settled };
  } finally {
    unlock();
  }
}

/** Says that what lies in the folder is a copy from elsewhere: a snapshot of the disk, for example. */
export async function declareRestored(
  config: Config,
  now: number,
): Promise<Pick<Restored, "adopted" | "findings">> {
  if (!existsSync(databasePath(config))) {
    throw new Refusal(`There is no database in ${config.dataDir}.`);
  }
  const unlock = lockOrRefuse(config);
  try {
    return await settle(config, now);
  } finally {
    unlock();
  }
}

function open(path: string): ReadBackup {
  if (!existsSync(resolve(path))) throw new Refusal(`There is no file ${resolve(path)}.`);
  try {
    return readBackup(resolve(path));
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    throw new Refusal(
      `${resolve(path)} cannot be restored: ${error.message}. Nothing was changed.`,
    );
  }
}

function lockOrRefuse(config: Config): () => void {
  try {
    return lockDataDir(config);
  } catch (error) {
    if (!(error instanceof StoreError) || error.failure !== "busy") throw error;
    throw new Refusal(`A server runs with ${config.dataDir}: stop it first.`);
  }
}

/** All that takes time is done beside; then a few renames. Answers where the old files are. */
function putInPlace(config: Config, { from, now }: Wish, { parts }: ReadBackup): string | null {
  const places = [
    [secretPath(config.dataDir), (path: string) => writeFileSync(path, parts["secret.key"])],
    [
      peoplePath(config),
      (path: string) => {
        writeFileSync(path, parts["people.db"]);
      },
    ],
    [databasePath(config), (path: string) => extractDatabase(resolve(from), path)],
  ] as const;
  const mask = process.umask(0o077);
  try {
    for (const [path, write] of places) {
      rmSync(`${path}.restoring`, { force: true });
      write(`${path}.restoring`);
      makeDurable(`${path}.restoring`);
    }
    const aside = putAside(config.dataDir, now);
    for (const [path] of places) renameSync(`${path}.restoring`, path);
    makeDurable(config.dataDir);
    return aside;
  } finally {
    process.umask(mask);
  }
}

const replaced = /^(?:(?:fieldcast|people)\.db(?:-wal|-shm|-journal)?|secret\.key|epoch|uploads)$/;

function putAside(dataDir: string, now: number): string | null {
  const old = readdirSync(dataDir).filter((name) => replaced.test(name));
  if (old.length === 0) return null;
  const time = new Date(now).toISOString().replaceAll(":", "-").replace(/\.\d+/, "");
  const aside = join(dataDir, `before-restore-${time}`);
  mkdirSync(aside, { mode: 0o700 });
  for (const name of old) renameSync(join(dataDir, name), join(aside, name));
  return aside;
}

/**
 * Another history begins; the doctor looks at it. Sessions that ended since the back-up must not
 * come back to life. The file `epoch` is only there when all that is done.
 */
async function settle(
  config: Config,
  now: number,
): Promise<Pick<Restored, "adopted" | "findings">> {
  rmSync(epochPath(config.dataDir), { force: true });
  endSessions(peoplePath(config));
  const store = openInlineStore(databasePath(config));
  try {
    const deps = { admin: store.admin, devices: store.devices, dataDir: config.dataDir };
    const adopted = await adoptHistory(deps, { isCopy: true, now });
    return { adopted, findings: await store.admin.doctor({}) };
  } finally {
    await store.close();
  }
}
