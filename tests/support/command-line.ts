// The command line as an operator uses it, as a process of its own.
import { spawn } from "node:child_process";
import { once } from "node:events";

export interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export async function runCli(dataDir: string, ...args: readonly string[]): Promise<Run> {
  const child = spawn(process.execPath, ["sync-server/cli.ts", ...args], {
    env: { ...process.env, DATA_DIR: dataDir },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (text: Buffer) => (stdout += text.toString()));
  child.stderr.on("data", (text: Buffer) => (stderr += text.toString()));
  await once(child, "close");
  return { status: child.exitCode, stdout, stderr };
}
