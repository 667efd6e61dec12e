/** TinyBase: a row for each document, a cell for each value; its own synchronizer brings both together. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { campaignFields, rollupFields, type Peer, type Travelled } from "./bytes.ts";

type Cell = string | number | boolean;

interface TinyStore {
  setPartialRow(table: string, row: string, cells: Readonly<Record<string, Cell>>): void;
  getMergeableContentHashes(): readonly number[];
  transaction(run: () => void): void;
}

interface Synchronizer {
  startSync(): Promise<unknown>;
  stopSync(): Promise<unknown>;
}

type Said = (to: string | null, request: string | null, message: number, body: unknown) => void;

/** A cell holds a plain value; null: there is none. */
function toCell(value: unknown): Cell | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
    return value;
  }
  return JSON.stringify(value);
}

function isSame(one: TinyStore, other: TinyStore): boolean {
  return String(one.getMergeableContentHashes()) === String(other.getMergeableContentHashes());
}

export function openTinyBase(folder: string): Peer {
  const load = createRequire(join(folder, "package.json"));
  const core: { createMergeableStore: (id: string) => TinyStore } = load("tinybase");
  const local: { createLocalSynchronizer: (store: TinyStore, onSend: Said) => Synchronizer } = load(
    "tinybase/synchronizers/synchronizer-local",
  );
  const [server, device] = [
    core.createMergeableStore("server"),
    core.createMergeableStore("device"),
  ];

  function put(table: string, id: string, fields: Readonly<Record<string, unknown>>): void {
    const cells = Object.entries(fields).flatMap(([name, value]): [string, Cell][] => {
      const cell = toCell(value);
      return cell === null ? [] : [[name, cell]];
    });
    server.setPartialRow(table, id, Object.fromEntries(cells));
  }

  /** Both sides talk; counted is what the server says. */
  async function talk() {
    const sum = { raw: 0, packed: 0, messages: 0 };
    const said: Said = (_to, _request, message, body) => {
      const text = JSON.stringify([message, body]);
      sum.raw += text.length;
      sum.packed += text.length < 2_048 ? text.length : gzipSync(text).length;
      sum.messages += 1;
    };
    const sides = [
      local.createLocalSynchronizer(server, said),
      local.createLocalSynchronizer(device, () => undefined),
    ];
    for (const side of sides) await side.startSync();
    const settle = async (): Promise<Travelled> => {
      for (let tries = 0; !isSame(server, device); tries++) {
        if (tries > 3_000) throw new Error("TinyBase did not come to an end within a minute");
        await sleep(20);
      }
      for (const side of sides) await side.stopSync();
      return sum;
    };
    return settle;
  }

  return {
    campaign: (doc) => put("campaign", doc.id, campaignFields(doc)),
    rollup: (doc) => server.transaction(() => put("rollup", doc.id, rollupFields(doc))),
    catchUp: async () => (await talk())(),
    listen: talk,
  };
}
