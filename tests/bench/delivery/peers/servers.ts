/** Redis and PostgreSQL for the peers: own folders, own ports, ended by their process. */
import { execFileSync, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../../support/free-port.ts";
import { database } from "./peer.ts";

export interface Server {
  readonly port: number;
  stop(): Promise<void>;
}

/** Answers why not, in words, when it cannot run here. */
export type Start = (folder: string) => Promise<Server | string>;

const packages = { redis: "redis-server", postgres: "postgresql" } as const;

export const servers: Readonly<Record<keyof typeof packages, Start>> = {
  redis: async (folder) => {
    const program = find("redis-server") ?? install("redis", () => find("redis-server"));
    if (program === null) return "redis-server is not installed";
    const dir = join(folder, "redis");
    mkdirSync(dir, { recursive: true });
    const port = await freePort();
    const options = { dir, port, bind: "127.0.0.1", appendonly: "yes", appendfsync: "always" };
    const args = Object.entries({ ...options, save: "" }).flatMap(([name, value]) => [
      `--${name}`,
      String(value),
    ]);
    return started(spawn(program, args, { stdio: "ignore" }), port);
  },
  postgres: async (folder) => {
    const bin = findPostgres() ?? install("postgres", findPostgres);
    if (bin === null) return "PostgreSQL is not installed";
    const dir = join(folder, "postgres");
    // It refuses to run as root.
    const who = process.getuid?.() === 0 ? ownerOf("postgres") : {};
    chmodSync(folder, 0o755);
    mkdirSync(dir, { recursive: true });
    if (who.uid !== undefined) execFileSync("chown", [String(who.uid), dir]);
    const port = await freePort();
    const auth = ["--auth=trust", "--username=postgres", "-D", join(dir, "data")];
    execFileSync(join(bin, "initdb"), auth, { ...who, cwd: dir, stdio: "ignore" });
    const settings = ["shared_buffers=256MB", "max_wal_size=2GB"].flatMap((each) => ["-c", each]);
    const place = ["-D", join(dir, "data"), "-p", String(port), "-k", dir, "-h", "127.0.0.1"];
    const args = [...place, ...settings];
    const server = await started(
      spawn(join(bin, "postgres"), args, { ...who, cwd: dir, stdio: "ignore" }),
      port,
      "SIGINT",
    );
    await createDatabase(bin, server.port);
    return server;
  },
};

/** It listens before it lets anybody in. */
async function createDatabase(bin: string, port: number): Promise<void> {
  const args = ["-h", "127.0.0.1", "-p", String(port), "-U", "postgres", database];
  for (let tries = 0; tries < 100; tries++) {
    if (spawnSync(join(bin, "createdb"), args, { stdio: "ignore" }).status === 0) return;
    await sleep(100);
  }
  throw new Error("PostgreSQL does not answer");
}

async function started(
  child: ChildProcess,
  port: number,
  signal: NodeJS.Signals = "SIGTERM",
): Promise<Server> {
  const ended = once(child, "exit");
  for (let tries = 0; !(await answers(port)); tries++) {
    if (tries === 100) throw new Error(`nothing listens on port ${port}`);
    await sleep(100);
  }
  return {
    port,
    stop: async () => {
      child.kill(signal);
      await ended;
    },
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

function find(program: string): string | null {
  const found = spawnSync("which", [program], { encoding: "utf8" });
  return found.status === 0 ? found.stdout.trim() : null;
}

function findPostgres(): string | null {
  const root = "/usr/lib/postgresql";
  const newest = existsSync(root) ? readdirSync(root).toSorted().at(-1) : undefined;
  return newest === undefined ? null : join(root, newest, "bin");
}

/** Only where we may: as root, from Debian's own packages. */
function install(what: keyof typeof packages, look: () => string | null): string | null {
  if (process.getuid?.() !== 0) return null;
  spawnSync("apt-get", ["install", "-y", "-q", packages[what]], { stdio: "ignore" });
  return look();
}

function ownerOf(user: string): { readonly uid?: number; readonly gid?: number } {
  const idOf = (flag: string): number =>
    Number(execFileSync("id", [flag, user], { encoding: "utf8" }));
  return { uid: idOf("-u"), gid: idOf("-g") };
}
