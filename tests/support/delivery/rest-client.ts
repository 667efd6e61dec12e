/** The API as a script uses it: a key, and calls that must succeed. */
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { promisify } from "node:util";
import type { RealServer } from "../real-server.ts";
import { setUpServer } from "../set-up.ts";

const run = promisify(execFile);

/** Runs a command of the command line on the server's data; answers what it printed. */
export async function cli(server: RealServer, ...args: readonly string[]): Promise<string> {
  const { stdout } = await run(process.execPath, ["sync-server/cli.ts", ...args], {
    env: { ...process.env, DATA_DIR: server.dataDir, PORT: String(server.port) },
  });
  return stdout.trim();
}

/** The administrator of a server that was set up here. */
export const ana = { email: "ana@example.org", password: "correct horse battery staple" };

export class RestClient {
  readonly #server: RealServer;
  readonly #key: string;

  private constructor(server: RealServer, key: string) {
    this.#server = server;
    this.#key = key;
  }

  /** With a key that the server's data already knows. */
  static with(server: RealServer, key: string): RestClient {
    return new RestClient(server, key);
  }

  get key(): string {
    return this.#key;
  }

  /** Sets an empty server up. */
  static async setUp(server: RealServer, role = "admin"): Promise<RestClient> {
    const person = { workspace: "Test", name: "ana", ...ana };
    return new RestClient(server, await setUpServer(server.url, person, role));
  }

  /** A key of its own, made by the command line: another doer in the same workspace. */
  static async withKey(server: RealServer, role: string, name: string): Promise<RestClient> {
    const flags = ["--workspace", "Test", "--role", role, "--name", name];
    const made = await cli(server, "key", "create", ...flags);
    const key = made.split(/\s+/).at(-1) ?? "";
    return new RestClient(server, key);
  }

  async post<T>(path: string, body: unknown = {}, type = "application/json"): Promise<T> {
    return this.#call("POST", path, typeof body === "string" ? body : JSON.stringify(body), type);
  }

  async patch<T>(path: string, body: unknown): Promise<T> {
    return this.#call("PATCH", path, JSON.stringify(body), "application/json");
  }

  async delete(path: string): Promise<void> {
    await this.#call("DELETE", path);
  }

  async get<T>(path: string): Promise<T> {
    return this.#call("GET", path);
  }

  async text(path: string): Promise<string> {
    return (await this.bytes(path)).toString("utf8");
  }

  /** A file. */
  async bytes(path: string): Promise<Buffer> {
    const answer = await fetch(`${this.#server.url}/api/v1${path}`, {
      headers: { authorization: `Bearer ${this.#key}` },
    });
    if (!answer.ok) throw new Error(`GET ${path} answered ${answer.status}`);
    return Buffer.from(await answer.arrayBuffer());
  }

  /** The problem that a call is answered with, which must be refused. */
  async refused(method: "POST" | "PATCH", path: string, body: unknown): Promise<unknown> {
    const answer = await this.#fetch(method, path, JSON.stringify(body), "application/json");
    if (answer.ok) throw new Error(`${method} ${path} was not refused`);
    return answer.json();
  }

  async #call<T>(method: string, path: string, body?: string, type?: string): Promise<T> {
    const answer = await this.#fetch(method, path, body, type);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
    return text === "" ? JSON.parse("null") : JSON.parse(text);
  }

  #fetch(method: string, path: string, body?: string, type?: string): Promise<Response> {
    return fetch(`${this.#server.url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#key}`,
        ...(body === undefined
          ? {}
          : { "content-type": type ?? "application/json", "idempotency-key": randomUUID() }),
      },
      ...(body === undefined ? {} : { body }),
    });
  }
}

/** Asks until the answer is the one that is waited for. */
export async function waitFor<T>(
  ask: () => Promise<T>,
  isRight: (answer: T) => boolean,
  withinMs = 30_000,
): Promise<T> {
  const until = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (isRight(answer)) return answer;
    if (Date.now() > until) throw new Error(`waited in vain; last: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 100);
    });
  }
}
