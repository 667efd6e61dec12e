// The server as a process: what it says when it cannot start, and how it ends.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { RealServer } from "../tests/support/real-server.ts";

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts a server that is expected to give up, and tells how it did. */
async function startInVain(env: Readonly<Record<string, string>>): Promise<Ended> {
  const child = spawn(process.execPath, ["sync-server/main.ts"], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (text: Buffer) => (stdout += text.toString()));
  child.stderr.on("data", (text: Buffer) => (stderr += text.toString()));
  // One that hangs tells where, instead of only that the test took too long.
  const hangs = setTimeout(() => {
    stderr += `\nstill there after ${endsWithinMs} ms:\n${threadsOf(child.pid)}`;
    child.kill("SIGKILL");
  }, endsWithinMs);
  await once(child, "close");
  clearTimeout(hangs);
  return { status: child.exitCode, stdout, stderr };
}

/** What each thread of a process waits for, where the system tells. */
function threadsOf(pid: number | undefined): string {
  const folder = `/proc/${pid}/task`;
  if (!existsSync(folder)) return "";
  const told = (thread: string, what: string): string => {
    try {
      return readFileSync(join(folder, thread, what), "utf8").trim();
    } catch {
      return "?";
    }
  };
  return readdirSync(folder)
    .map((thread) => ["comm", "wchan", "syscall"].map((what) => told(thread, what)).join(" "))
    .join("\n");
}

const endsWithinMs = 45_000;

vi.setConfig({ testTimeout: 60_000 });

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fieldcast-main-"));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** One line, with these words in it, and nothing that looks like a start. */
function givesUpWith(words: string): unknown {
  const stderr = expect.stringMatching(new RegExp(`^Fieldcast cannot start: .*${words}.*\\.\n$`));
  return { status: 1, stdout: "", stderr };
}

describe("a server that cannot start says why in one line and ends with status 1", () => {
  test("for a wrong variable", async () => {
    expect(await startInVain({ DATA_DIR: folder, PORT: "http" })).toEqual(
      givesUpWith("PORT must be a number"),
    );
  });

  test("for a port that is taken", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const address = taken.address();
    const port = typeof address === "object" && address !== null ? String(address.port) : "";
    const ended = await startInVain({ DATA_DIR: folder, PORT: port });
    expect(ended).toEqual(givesUpWith(`port ${port}`));
    taken.close();
  });

  test("for a data folder that cannot be written", async () => {
    await writeFile(join(folder, "file"), "");
    const ended = await startInVain({ DATA_DIR: join(folder, "file", "data") });
    expect(ended).toEqual(givesUpWith("DATA_DIR .+ is a file"));
  });

  // Node's own way to make a folder with its parents never ends here.
  test.skipIf(!existsSync("/proc"))("for a data folder that nobody can make", async () => {
    const ended = await startInVain({ DATA_DIR: "/proc/nope/data" });
    expect(ended).toEqual(givesUpWith("DATA_DIR /proc/nope/data cannot be used: the system lets"));
  });

  test("for a data folder in the place of a link that leads nowhere", async () => {
    await symlink(join(folder, "nowhere"), join(folder, "link"));
    const ended = await startInVain({ DATA_DIR: join(folder, "link") });
    expect(ended).toEqual(givesUpWith("leads nowhere"));
  });

  test("for a database of a newer version", async () => {
    const db = new DatabaseSync(join(folder, "fieldcast.db"));
    db.exec("pragma user_version = 999");
    db.close();
    expect(await startInVain({ DATA_DIR: folder })).toEqual(givesUpWith("newer version"));
  });

  test("for a database that is none", async () => {
    await writeFile(join(folder, "fieldcast.db"), "no database at all ".repeat(1_000));
    expect(await startInVain({ DATA_DIR: folder })).toEqual(givesUpWith("damaged"));
  });

  test("for a database that is a folder", async () => {
    await mkdir(join(folder, "fieldcast.db"));
    expect(await startInVain({ DATA_DIR: folder })).toEqual(givesUpWith("cannot be written"));
  });

  test("for a secret that is not one", async () => {
    await writeFile(join(folder, "secret.key"), "lost");
    expect(await startInVain({ DATA_DIR: folder })).toEqual(givesUpWith("secret.key is not"));
  });

  test("for a data folder that another server works with", async () => {
    const server = await RealServer.open();
    expect(await startInVain({ DATA_DIR: server.dataDir, PORT: "65431" })).toEqual(
      givesUpWith("another server"),
    );
    await server.close();
  });
});

test("a server that is killed starts again with everything it said it had", async () => {
  const server = await RealServer.open();
  const person = { workspace: "Acme", name: "Ana", email: "ana@example.com" };
  const answer = await fetch(`${server.url}/api/v1/set-up`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...person, password: "correct horse battery" }),
  });
  expect(answer.status).toBe(201);
  const cookie = answer.headers.getSetCookie().map((each) => each.split(";")[0]);
  await server.kill();
  await server.start();
  const session = await fetch(`${server.url}/api/v1/session`, {
    headers: { cookie: cookie.join("; ") },
  });
  expect(await session.json()).toMatchObject({ user: { email: "ana@example.com" } });
  await server.close();
});

test("a server that is asked to stop ends well, also while somebody listens", async () => {
  const server = await RealServer.open();
  const socket = new WebSocket(`${server.url.replace("http", "ws")}/sync/live`);
  await new Promise((resolve) => {
    socket.addEventListener("open", resolve);
    socket.addEventListener("error", resolve);
  });
  await server.stop();
  await server.start();
  expect((await fetch(`${server.url}/health`)).status).toBe(200);
  await server.close();
});
