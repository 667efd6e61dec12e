/**
 * Uploads are first written to a file, at the speed of the network: a sender is answered when
 * all has arrived, and a connection that breaks has imported nothing.
 */
import { createWriteStream } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { HttpProblem } from "../problem.ts";

export interface Spool {
  /** Writes the stream to a new file and answers its path. Rejects with HttpProblem for a full disk. */
  write(id: string, body: Readable): Promise<string>;
  remove(path: string): Promise<void>;
  /** Removes what a stopped server left behind. */
  clear(): Promise<void>;
}

const ending = ".import";

export function createSpool(folder: string): Spool {
  return {
    write: async (id, body) => {
      await mkdir(folder, { recursive: true });
      const path = join(folder, `${id}${ending}`);
      try {
        await pipeline(body, createWriteStream(path));
      } catch (error) {
        await rm(path, { force: true });
        throw isFull(error) ? new HttpProblem("storage_full") : error;
      }
      return path;
    },
    remove: (path) => rm(path, { force: true }),
    clear: async () => {
      await mkdir(folder, { recursive: true });
      for (const name of await readdir(folder)) {
        if (name.endsWith(ending)) await rm(join(folder, name), { force: true });
      }
    },
  };
}

function isFull(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOSPC";
}
