/**
 * A clock of the real server that a test sets while it runs: by libfaketime, which stands between
 * the process and its system, and where that cannot be had by what JavaScript asks for the time.
 * Timers go on as they do.
 */
import { existsSync, globSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { obtain } from "./system-program.ts";

export interface MovableClock {
  /** What the server has to be started with. */
  readonly env: Readonly<Record<string, string>>;
  /** From now on it is so far ahead of the machine's; behind it when negative. */
  set(aheadMs: number): void;
  remove(): void;
}

export function openClock(): MovableClock {
  const folder = mkdtempSync(join(tmpdir(), "fieldcast-clock-"));
  const file = join(folder, "ahead");
  const library = obtain("faketime", findLibrary);
  const write = (aheadMs: number): void => {
    const seconds = Math.round(aheadMs / 1_000);
    writeFileSync(file, `${seconds < 0 ? "-" : "+"}${Math.abs(seconds)}`);
  };
  write(0);
  return {
    env: library === null ? inScript(file) : preloaded(library, file),
    set: write,
    remove: () => rmSync(folder, { recursive: true }),
  };
}

function findLibrary(): string | null {
  const [found] = globSync("/usr/lib/*/faketime/libfaketimeMT.so.1");
  return found !== undefined && existsSync(found) ? found : null;
}

function preloaded(library: string, file: string): MovableClock["env"] {
  return {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_CACHE_DURATION: "1",
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
    FAKETIME_DONT_RESET: "1",
  };
}

function inScript(file: string): MovableClock["env"] {
  const code = `import { readFileSync } from "node:fs";
const Right = Date;
let read = { at: -1, ahead: 0 };
const now = () => {
  const at = Right.now();
  if (at - read.at > 200 || at < read.at) {
    read = { at, ahead: Number(readFileSync(${JSON.stringify(file)}, "utf8")) * 1000 };
  }
  return at + read.ahead;
};
globalThis.Date = class extends Right {
  constructor(...parts) {
    if (parts.length === 0) super(now());
    else super(...parts);
  }
  static now() {
    return now();
  }
};`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` };
}
