/**
 * Data folders whose disk a test can fill and free, for the real server. One is a file system in
 * memory, where this user may mount one; the other, everywhere, lets the database have no page
 * more than it has.
 */
import { execFileSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeSync,
} from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface SmallDisk {
  readonly dataDir: string;
  /** What the server has to be started with. */
  readonly env: Readonly<Record<string, string>>;
  fill(): Promise<void>;
  free(): Promise<void>;
  /** After the server was closed. */
  remove(): void;
}

/** Each way that works on this machine, by name. */
export const smallDisks: Readonly<Record<string, () => SmallDisk>> = {
  "pages of the database": limitedPages,
  ...(mayMount() ? { "a file system": () => smallMount(40) } : {}),
};

/** Asks a file before each transaction how many pages there may be. */
const preload = `import { readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
const { exec, prepare } = DatabaseSync.prototype;
DatabaseSync.prototype.prepare = function (sql, ...options) {
  const statement = prepare.call(this, sql, ...options);
  if (sql !== "begin immediate") return statement;
  const run = statement.run.bind(statement);
  statement.run = () => {
    const pages = readFileSync(process.env.PAGES_FILE, "utf8");
    exec.call(this, "pragma max_page_count = " + pages);
    return run();
  };
  return statement;
};`;

const manyPages = "1073741823";

function limitedPages(): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), "fieldcast-pages-"));
  const pages = join(folder, "pages");
  const set = (text: string): Promise<void> => writeFile(pages, text);
  const file = openSync(pages, "w");
  writeSync(file, manyPages);
  closeSync(file);
  return {
    dataDir: folderIn(folder),
    env: {
      PAGES_FILE: pages,
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(preload)}`,
    },
    // It never gets less than it has.
    fill: () => set("1"),
    free: () => set(manyPages),
    remove: () => rmSync(folder, { recursive: true }),
  };
}

function smallMount(megabytes: number): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), "fieldcast-disk-"));
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", folder]);
  const filler = join(folder, "filler");
  return {
    dataDir: folderIn(folder),
    env: {},
    fill: async () => fillWith(filler),
    free: async () => rmSync(filler),
    remove: () => {
      execFileSync("umount", ["--lazy", folder]);
      rmSync(folder, { recursive: true });
    },
  };
}

function fillWith(path: string): void {
  const file = openSync(path, "w");
  for (const size of [1024 * 1024, 4_096, 1]) {
    const part = Buffer.alloc(size);
    try {
      while (writeSync(file, part) === size);
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
    }
  }
  closeSync(file);
}

function folderIn(parent: string): string {
  const folder = join(parent, "data");
  mkdirSync(folder, { mode: 0o700 });
  return folder;
}

function mayMount(): boolean {
  if (process.platform !== "linux" || process.getuid?.() !== 0 || !existsSync("/proc/self")) {
    return false;
  }
  const folder = mkdtempSync(join(tmpdir(), "fieldcast-mount-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], { stdio: "ignore" });
    execFileSync("umount", [folder], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
