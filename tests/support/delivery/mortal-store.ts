/**
 * A store on real files, with the product's own pragmas, that a power cut can end at any moment:
 * what was committed is in the files, what was under way is torn, and nobody hears of either. What
 * a cut leaves is opened anew, from a copy, as closing would tidy the files up.
 */
import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { enableCompileCache } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openThreadedStore } from "#server/store/sqlite/threaded.ts";
import type { Store } from "#server/store/store.ts";
import { settleDown } from "./drive.ts";
import { openTestStore, type OpenStore } from "./world.ts";

// Each store starts two threads, which load the same modules: compiled once, for all of them.
enableCompileCache();

/** What a dead server's calls come to. */
export class PowerCut extends Error {}

/** An operation of the store, by its part. */
export type Operation = {
  readonly [Part in "delivery" | "limits"]: readonly [part: Part, name: keyof Store[Part] & string];
}["delivery" | "limits"];

export interface MortalStore {
  /** Refuses everything once the power was cut. */
  readonly store: Store;
  /** Resolves when nobody waits for the database, nor asks again at once. */
  rest(): Promise<void>;
  /** Cuts the power now; answers what it left. */
  cut(): Promise<MortalStore>;
  /**
   * Cuts the power while the next commit of an operation is being written: `onCut` hears of it
   * before the operation begins, and what it has written is torn in its last page.
   */
  cutWithin(operation: Operation, onCut: () => void): void;
  /** After a cut within a commit: what it left. */
  left(): Promise<MortalStore>;
}

/** Where the database runs: in threads of its own, as in the product, or in the caller's, which is cheaper. */
export type Home = "threads" | "here";

export interface MortalFolder {
  /** Opens a new copy of the seeded database. */
  open(home: Home): Promise<MortalStore>;
  /** Closes the store and looks into its file. */
  look<T>(mortal: MortalStore, read: (open: OpenStore) => Promise<T>): Promise<T>;
  /** Ends every thread and removes every file. */
  remove(): Promise<void>;
}

/** Its files are as real and a cut leaves as little of them, but no commit waits for a disk. */
const memory = "/dev/shm";
const database = "fieldcast.db";
const log = `${database}-wal`;

/** A folder of databases that all begin as `seed` leaves the first. */
export async function mortalFolder(
  seed: (open: OpenStore) => Promise<void>,
): Promise<MortalFolder> {
  const root = await mkdtemp(join(existsSync(memory) ? memory : tmpdir(), "fieldcast-mortal-"));
  const seeded = join(root, "seeded.db");
  const first = openTestStore(seeded);
  await seed(first);
  await first.store.close();

  const alive = new Map<string, Store>();
  let folders = 0;
  const newFolder = async (): Promise<string> => {
    folders += 1;
    const folder = join(root, String(folders));
    await mkdir(folder);
    return folder;
  };
  const folderOf = new Map<MortalStore, string>();
  const start = async (folder: string, home: Home): Promise<MortalStore> => {
    const path = join(folder, database);
    const real = home === "threads" ? await openThreadedStore(path) : openTestStore(path).store;
    alive.set(folder, real);
    const again = (left: string): Promise<MortalStore> => start(left, home);
    const mortal = mortalStore({ real, folder, newFolder, start: again });
    folderOf.set(mortal, folder);
    return mortal;
  };
  const close = async (folder: string): Promise<void> => {
    const real = alive.get(folder);
    alive.delete(folder);
    await real?.close();
  };
  return {
    open: async (home) => {
      const folder = await newFolder();
      await copyFile(seeded, join(folder, database));
      return start(folder, home);
    },
    look: async (mortal, read) => {
      const folder = folderOf.get(mortal) ?? "";
      await close(folder);
      const open = openTestStore(join(folder, database));
      try {
        return await read(open);
      } finally {
        await open.store.close();
      }
    },
    remove: async () => {
      await Promise.all([...alive.keys()].map(close));
      await rm(root, { recursive: true });
    },
  };
}

interface MortalDeps {
  readonly real: Store;
  readonly folder: string;
  readonly newFolder: () => Promise<string>;
  readonly start: (folder: string) => Promise<MortalStore>;
}

function mortalStore({ real, folder, newFolder, start }: MortalDeps): MortalStore {
  let isDead = false;
  let tearing: { readonly at: Operation; readonly onCut: () => void } | null = null;
  let torn: Promise<string> | null = null;

  /** What was called before the cut is committed, whoever may still hear of it. */
  const copy = async (): Promise<string> => {
    while (real.load().writes > 0) await new Promise(setImmediate);
    const to = await newFolder();
    for (const file of [database, log]) await copyFile(join(folder, file), join(to, file));
    return to;
  };

  /** The files as they were before, and of the log what came since, but for its last page's end. */
  const tear = async (commit: () => Promise<unknown>): Promise<string> => {
    const to = await copy();
    const before = await readFile(join(to, log));
    await commit();
    const after = await readFile(join(folder, log));
    await writeFile(join(to, log), withoutEnd(before, after));
    return to;
  };

  const around = <Part extends object>(name: string, part: Part): Part =>
    new Proxy(part, {
      get: (target, method, receiver) => {
        const run: unknown = Reflect.get(target, method, receiver);
        if (typeof run !== "function") return run;
        return async (...args: readonly unknown[]): Promise<unknown> => {
          if (isDead) throw new PowerCut("the power was cut before");
          const answer = async (): Promise<unknown> => Reflect.apply(run, target, args);
          if (tearing?.at[0] === name && tearing.at[1] === method) {
            isDead = true;
            tearing.onCut();
            torn = tear(answer);
            await torn;
          }
          // Whoever asked before the cut has died of it meanwhile.
          const value = isDead ? undefined : await answer();
          if (isDead) throw new PowerCut("the power was cut meanwhile");
          return value;
        };
      },
    });

  const store: Store = {
    ...real,
    delivery: around("delivery", real.delivery),
    limits: around("limits", real.limits),
    sync: around("sync", real.sync),
  };
  const isIdle = (): boolean => {
    const { writes, reads } = real.load();
    return writes + reads === 0;
  };
  return {
    store,
    rest: async () => {
      for (let quiet = 0; quiet < 2; quiet = isIdle() ? quiet + 1 : 0) await settleDown();
    },
    cut: async () => {
      isDead = true;
      return start(await copy());
    },
    cutWithin: (at, onCut) => {
      tearing = { at, onCut };
    },
    left: async () => {
      if (torn === null) throw new Error("the power was not cut within a commit");
      return start(await torn);
    },
  };
}

/**
 * A log whose last write is torn: a page that came only half is none, and without the last page,
 * which says that a transaction is whole, all of it is none.
 */
function withoutEnd(before: Buffer, after: Buffer): Buffer {
  let end = after.length;
  while (end > 0 && after[end - 1] === before[end - 1]) end -= 1;
  const half = Math.max(0, end - tornBytes);
  return Buffer.concat([after.subarray(0, half), before.subarray(half)]);
}

/** Half a page of the database, so that the page's own mark of its whole is wrong. */
const tornBytes = 2_048;
