/** Running a measurement in a process of its own, and keeping what was measured. */
import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { startSettings } from "./start-settings.ts";

const run = promisify(execFile);

/** Answers what the script printed as its last line, which is JSON. */
export async function runNode(script: string, ...args: readonly string[]): Promise<unknown> {
  return lastLine(run(process.execPath, [script, ...args]));
}

/**
 * The same for a script of ours: it runs with the settings of the server, and as the server keeps
 * what was compiled: its first run is as the first start after an update, which needs more memory.
 */
export async function runAsServer(script: string, ...args: readonly string[]): Promise<unknown> {
  const { flags, env } = startSettings();
  const kept = { NODE_COMPILE_CACHE: join(tmpdir(), "node-compile-cache") };
  const settings = { env: { ...process.env, ...env, ...kept } };
  return lastLine(run(process.execPath, [...flags, script, ...args], settings));
}

async function lastLine(output: Promise<{ readonly stdout: string }>): Promise<unknown> {
  const { stdout } = await output;
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
}

/** Installs what we are compared with into a folder of its own; answers why it could not, or null. */
export function installPeers(
  folder: string,
  versions: Readonly<Record<string, string>>,
): string | null {
  const wanted = Object.entries(versions).map(([name, version]) => `${name}@${version}`);
  writeFileSync(join(folder, "package.json"), '{ "private": true }');
  try {
    const options = ["--ignore-scripts", "--no-audit", "--no-fund"];
    execFileSync("npm", ["install", ...options, ...wanted], { cwd: folder, stdio: "ignore" });
    return null;
  } catch {
    return "npm could not install the peers";
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** Where raw results are kept: not part of the repository. */
export function keep(suite: string, name: string, results: object): void {
  const folder = process.env["BENCH_RESULTS"] ?? "tests/bench/results";
  mkdirSync(folder, { recursive: true });
  const at = new Date().toISOString();
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}`;
  const path = join(folder, `${suite}-${name}.json`);
  writeFileSync(path, `${JSON.stringify({ at, node: process.version, machine, ...results })}\n`);
  console.log(`  raw results: ${path}`);
}
