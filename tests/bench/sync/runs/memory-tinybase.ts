/** TinyBase: a row for each recipient, and a cell for the counter. */
import { createRequire } from "node:module";
import { join } from "node:path";
import type { PlainRow } from "../pages/contest.ts";
import type { MemoryPeer } from "./memory-peer.ts";

interface TinyStore {
  setTable(table: string, rows: Readonly<Record<string, PlainRow>>): void;
  setCell(table: string, row: string, cell: string, value: number): void;
  getCell(table: string, row: string, cell: string): unknown;
  getRowCount(table: string): number;
  getMergeableContent(): unknown;
  applyMergeableChanges(changes: unknown): void;
}

export function openTinyBase(folder: string): MemoryPeer {
  const { createMergeableStore: open }: { createMergeableStore: (id: string) => TinyStore } =
    createRequire(join(folder, "package.json"))("tinybase");
  return {
    name: "TinyBase",
    encoded: (rows) => {
      const server = open("server");
      server.setTable("recipients", Object.fromEntries(rows.map((row) => [String(row.n), row])));
      return [Buffer.from(JSON.stringify(server.getMergeableContent()))];
    },
    applied: (parts) => {
      const device = open("device");
      for (const part of parts) device.applyMergeableChanges(JSON.parse(String(part)));
      return device.getRowCount("recipients");
    },
    openCounter: async () => {
      const [server, device] = [open("server"), open("device")];
      return {
        change: async (n) => {
          for (let total = 1; total <= n; total++) server.setCell("counters", "a", "total", total);
        },
        catchUp: async () => {
          const text = JSON.stringify(server.getMergeableContent());
          device.applyMergeableChanges(JSON.parse(text));
          return { bytes: text.length, value: device.getCell("counters", "a", "total") };
        },
        close: async () => undefined,
      };
    },
  };
}
