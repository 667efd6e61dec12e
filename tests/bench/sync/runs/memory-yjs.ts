/** Yjs: a map for each recipient, and a value of a map for the counter. */
import { createRequire } from "node:module";
import { join } from "node:path";
import type { MemoryPeer } from "./memory-peer.ts";

interface YMap {
  readonly size: number;
  get(key: string): unknown;
  set(key: string, value: unknown): void;
}

interface YDoc {
  getMap(name: string): YMap;
  transact(run: () => void): void;
}

interface Yjs {
  Doc: new () => YDoc;
  Map: new () => YMap;
  encodeStateAsUpdate(doc: YDoc): Uint8Array;
  applyUpdate(doc: YDoc, update: Uint8Array): void;
}

export function openYjs(folder: string): MemoryPeer {
  const Y: Yjs = createRequire(join(folder, "package.json"))("yjs");
  return {
    name: "Yjs",
    encoded: (rows) => {
      const server = new Y.Doc();
      const all = server.getMap("recipients");
      server.transact(() => {
        for (const row of rows) {
          const map = new Y.Map();
          all.set(String(row.n), map);
          for (const [name, value] of Object.entries(row)) map.set(name, value);
        }
      });
      return [Y.encodeStateAsUpdate(server)];
    },
    applied: (updates) => {
      const device = new Y.Doc();
      for (const update of updates) Y.applyUpdate(device, update);
      return device.getMap("recipients").size;
    },
    openCounter: async () => {
      const [server, device] = [new Y.Doc(), new Y.Doc()];
      const counters = server.getMap("counters");
      return {
        change: async (n) => {
          for (let total = 1; total <= n; total++) counters.set("total", total);
        },
        catchUp: async () => {
          const update = Y.encodeStateAsUpdate(server);
          Y.applyUpdate(device, update);
          return { bytes: update.length, value: device.getMap("counters").get("total") };
        },
        close: async () => undefined,
      };
    },
  };
}
