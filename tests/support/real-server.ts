// The real server as a process of its own, on a free port, with data that is thrown away: for
// tests that must stop it, kill it, and start it again at the same address.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "./free-port.ts";
import { startSettings } from "./start-settings.ts";

const readyWithinMs = 60_000;

const run = promisify(execFile);

/** A server at one address with one data folder, through all its starts. */
export class RealServer {
  readonly port: number;
  readonly dataDir: string;
  /** Where the program is. */
  readonly #folder: string;
  #program = "sync-server/main.ts";
  #process: ChildProcess | undefined;

  private constructor(port: number, dataDir: string, folder: string) {
    this.port = port;
    this.dataDir = dataDir;
    this.#folder = folder;
  }

  /** Takes a free port and an empty data folder, and starts. */
  static async open(
    env: Readonly<Record<string, string>> = {},
    folder = process.cwd(),
  ): Promise<RealServer> {
    const dataDir = await mkdtemp(join(tmpdir(), "fieldcast-"));
    const server = new RealServer(await freePort(), dataDir, folder);
    await server.start(env);
    return server;
  }

  /** Takes a free port and an empty folder that a test prepared, and starts there. */
  static async openIn(
    dataDir: string,
    env: Readonly<Record<string, string>> = {},
  ): Promise<RealServer> {
    const server = new RealServer(await freePort(), dataDir, process.cwd());
    await server.start(env);
    return server;
  }

  get url(): string {
    return `http://localhost:${this.port}`;
  }

  /** Bytes of memory that it holds. */
  async memory(): Promise<number> {
    const { stdout } = await run("ps", ["-o", "rss=", "-p", String(this.pid)]);
    return Number(stdout.trim()) * 1_024;
  }

  async start(env: Readonly<Record<string, string>> = {}): Promise<void> {
    const usual = startSettings();
    const place = { DATA_DIR: this.dataDir, PORT: String(this.port) };
    const child = spawn(process.execPath, [...usual.flags, this.#program], {
      cwd: this.#folder,
      env: { ...process.env, ...usual.env, ...place, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#process = child;
    await ready(child);
  }

  /** Ends as in a power cut, and goes on with another program on the same data. */
  async restartAs(program: string): Promise<void> {
    await this.kill();
    this.#program = program;
    await this.start();
  }

  /** Starts with a clock that is ahead of the machine's. */
  async startAhead(ms: number): Promise<void> {
    await this.start(aheadBy(ms));
  }

  /** Stands still with all its threads, until `thaw`. */
  freeze(): void {
    this.#process?.kill("SIGSTOP");
  }

  thaw(): void {
    this.#process?.kill("SIGCONT");
  }

  get pid(): number {
    const pid = this.#process?.pid;
    if (pid === undefined) throw new Error("the server does not run");
    return pid;
  }

  /** As a power cut would: nothing gets to finish. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** As an operator would: it finishes what it is doing. */
  async stop(): Promise<void> {
    await this.#end("SIGTERM");
  }

  /** Stops for good and removes the data. */
  async close(): Promise<void> {
    await this.stop();
    await rm(this.dataDir, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
  }
}

/**
 * The environment of a server whose clock is ahead of the machine's, in all its threads, or behind
 * it when `ms` is negative; timers run as they do.
 */
export function aheadBy(ms: number): Readonly<Record<string, string>> {
  const code = `const right = Date.now; Date.now = () => right() + ${ms};`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` };
}

async function ready(child: ChildProcess): Promise<void> {
  let output = "";
  await new Promise<void>((resolve, reject) => {
    const fail = (why: string): void => {
      clearTimeout(timer);
      reject(new Error(`the server ${why}:\n${output}`));
    };
    const timer = setTimeout(() => fail("did not say that it is ready"), readyWithinMs);
    child.once("exit", (code) => fail(`ended with ${code}`));
    child.stderr?.on("data", (text: Buffer) => (output += text.toString()));
    child.stdout?.on("data", (text: Buffer) => {
      output += text.toString();
      if (!output.includes("Fieldcast is ready on")) return;
      clearTimeout(timer);
      resolve();
    });
  });
}
