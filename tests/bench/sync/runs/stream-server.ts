/**
 * One way of telling devices what changed, in a process of its own: tells its parent its port, and at
 * the end what the stream cost.
 * Run: `node tests/bench/sync/runs/stream-server.ts WAY CAMPAIGNS PER_SECOND [FOLDER_OF_PEERS]`.
 */
import { createServer, type Server } from "node:http";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Rollup } from "#domain/report/rollup.ts";
import Fastify from "fastify";
import { WebSocketServer, type WebSocket } from "ws";
import type { Caller } from "../../../../sync-server/http/route.ts";
import { registerLive } from "../../../../sync-server/live/live.ts";
import { createDevices } from "#server/access/devices.ts";
import { createPuller } from "../../../../sync-server/live/pull.ts";
import { createRollupWatch } from "../../../../sync-server/live/rollup-watch.ts";
import { sharedPage } from "../../../../sync-server/live/shared-page.ts";
import { openThreadedStore } from "../../../../sync-server/store/sqlite/threaded.ts";
import { startChanges } from "./changes.ts";

const [way = "fieldcast", campaigns = "20", perSecond = "10000", peers = ""] =
  process.argv.slice(2);
const workspace = "01890000-0000-7000-8000-00000000ffff";
const folder = mkdtempSync(join(tmpdir(), "fieldcast-stream-"));
const store = await openThreadedStore(join(folder, "stream.db"));

/** Where it listens, what is done with what was written, and how many bytes went out. */
interface Way {
  readonly port: number;
  readonly onFlush?: (rollups: readonly Rollup[]) => void;
}

const ways: Readonly<Record<string, () => Promise<Way>>> = {
  fieldcast: async () => {
    const app = Fastify();
    registerLive(app, {
      store,
      puller: createPuller({ store, clock: Date.now }),
      devices: createDevices({ store, clock: Date.now, endSession: async () => undefined }),
      clock: Date.now,
      authenticate: async ({ headers }) => callerOf(headers.cookie ?? ""),
      origins: ["http://localhost"],
    });
    const address = await app.listen({ port: 0, host: "127.0.0.1" });
    return { port: Number(new URL(address).port) };
  },
  /** What the ceiling is: nobody is asked where they stand, or what arrived. */
  ws: async () => {
    const server = createServer();
    const sockets = new Set<WebSocket>();
    new WebSocketServer({ server, perMessageDeflate: false }).on("connection", (socket) => {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
    });
    const bytesOf = createBytes();
    const onFlush = (rollups: readonly Rollup[]): void => {
      const frame = bytesOf(rollups);
      for (const socket of sockets) {
        if (socket.bufferedAmount < 64 * 1024) socket.send(frame, { binary: true });
      }
    };
    return { port: await listen(server), onFlush };
  },
  "socket.io": async () => {
    const server = createServer();
    const { Server: Io } = createRequire(join(peers, "package.json"))("socket.io");
    const io = new Io(server, { transports: ["websocket"], perMessageDeflate: false });
    const bytesOf = createBytes();
    return {
      port: await listen(server),
      onFlush: (rollups) => void io.volatile.emit("rollups", bytesOf(rollups)),
    };
  },
};

/** What everybody says: the counters that changed since the last time, in the same bytes. */
function createBytes(): (rollups: readonly Rollup[]) => Buffer {
  const watch = createRollupWatch();
  let from = 0;
  return (rollups) => {
    const to = from + rollups.length;
    const rows = {
      ver: rollups.map((_, n) => from + n + 1),
      kind: rollups.map(() => "rollup" as const),
      id: rollups.map(({ id }) => id),
      doc: rollups.map((rollup) => ({ ...rollup })),
    };
    const pages = { roll: { from, to, more: false, rows } };
    const feeds = watch.trimmed(pages, { workspace, onlyChanges: true });
    from = to;
    const page = { t: "page", epoch: "", ch: "", feeds, time: Date.now() } as const;
    return sharedPage(page, true).said;
  };
}

const open = ways[way];
if (open === undefined) throw new Error(`WAY is one of ${Object.keys(ways).join(", ")}`);
const { port, onFlush } = await open();
process.send?.({ port });

process.once("message", () => {
  const changes = startChanges({
    store,
    workspace,
    campaigns: Number(campaigns),
    perSecond: Number(perSecond),
    ...(onFlush === undefined ? {} : { onFlush }),
  });
  process.once("message", () => measure(changes));
});

/** Of the same seconds as the devices: what it takes to begin is another measurement's. */
function measure(changes: ReturnType<typeof startChanges>): void {
  const before = process.cpuUsage();
  const began = performance.now();
  const madeBefore = changes.made();
  process.once("message", () => {
    const made = changes.stop();
    const { user, system } = process.cpuUsage(before);
    const seconds = (performance.now() - began) / 1_000;
    const result = {
      changesPerSecond: Math.round((made - madeBefore) / seconds),
      cpuPercent: Math.round((user + system) / seconds / 1_000) / 10,
      rssMb: Math.round(process.memoryUsage.rss() / 1_048_576),
    };
    process.send?.(result, undefined, undefined, () => {
      rmSync(folder, { recursive: true, force: true });
      process.exit();
    });
  });
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** Everybody is somebody else: one person has few devices. */
function callerOf(cookie: string): Caller {
  const user = `01890000-0000-7000-8000-${cookie.padStart(12, "0")}`;
  const access = { fieldMaySend: false };
  return { workspace, user, role: "office", name: cookie, access, viaKey: false };
}
