/** Yjs: a map for each document, a field for each value that changes by itself. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { campaignFields, rollupFields, type Peer, type Travelled } from "./bytes.ts";

interface YMap {
  get(key: string): unknown;
  set(key: string, value: unknown): void;
}

interface YDoc {
  getMap(name: string): YMap;
  transact(run: () => void): void;
  on(event: "update", hear: (update: Uint8Array) => void): void;
  off(event: "update", hear: (update: Uint8Array) => void): void;
}

interface Yjs {
  Doc: new () => YDoc;
  Map: new () => YMap;
  encodeStateAsUpdate(doc: YDoc, vector?: Uint8Array): Uint8Array;
  encodeStateVector(doc: YDoc): Uint8Array;
  applyUpdate(doc: YDoc, update: Uint8Array): void;
}

export function openYjs(folder: string): Peer {
  const Y: Yjs = createRequire(join(folder, "package.json"))("yjs");
  const [server, device] = [new Y.Doc(), new Y.Doc()];

  function put(kind: string, id: string, fields: Readonly<Record<string, unknown>>): void {
    server.transact(() => {
      const all = server.getMap(kind);
      const known = all.get(id);
      const map = known instanceof Y.Map ? known : new Y.Map();
      if (known === undefined) all.set(id, map);
      for (const [name, value] of Object.entries(fields)) {
        const isSame =
          known !== undefined && JSON.stringify(map.get(name)) === JSON.stringify(value);
        if (!isSame) map.set(name, value);
      }
    });
  }

  return {
    campaign: (doc) => put("campaign", doc.id, campaignFields(doc)),
    rollup: (doc) => put("rollup", doc.id, rollupFields(doc)),
    async catchUp(): Promise<Travelled> {
      const update = Y.encodeStateAsUpdate(server, Y.encodeStateVector(device));
      Y.applyUpdate(device, update);
      const packed = gzipSync(update).length;
      return { raw: update.length, packed, messages: 1 };
    },
    async listen() {
      const sum = { raw: 0, packed: 0, messages: 0 };
      const hear = (update: Uint8Array): void => {
        Y.applyUpdate(device, update);
        sum.raw += update.length;
        sum.packed += update.length;
        sum.messages += 1;
      };
      server.on("update", hear);
      return async () => {
        server.off("update", hear);
        return sum;
      };
    },
  };
}
