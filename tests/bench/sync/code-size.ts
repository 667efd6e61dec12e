/**
 * B13: what a browser has to load before it can keep data, show it, change it without a network and
 * bring it together with a server: bundled by Vite for a page, packed with gzip and Brotli. Each
 * with its storage in IndexedDB and its own way to the server.
 *
 * Fieldcast's has the rules of every command, as they are decided on the device, and the checks of
 * all that comes; the others leave both to the app.
 * Run: `npm run bench -- sync`, or `node tests/bench/sync/code-size.ts`.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "vite";
import { installPeers, keep } from "../../support/bench.ts";

const versions = {
  yjs: "13.6.33",
  "y-indexeddb": "9.0.12",
  "y-websocket": "3.0.0",
  tinybase: "10.0.1",
  "pouchdb-browser": "9.0.0",
  events: "3.3.0",
  rxdb: "17.6.0",
  rxjs: "7.8.2",
  replicache: "15.3.0",
};

const modernDexie = join(process.cwd(), "node_modules/dexie/dist/modern/dexie.mjs");

const peers: Readonly<Record<string, string>> = {
  Yjs: `export * from "yjs"; export { IndexeddbPersistence } from "y-indexeddb";
    export { WebsocketProvider } from "y-websocket";`,
  TinyBase: `export { createMergeableStore } from "tinybase";
    export { createIndexedDbPersister } from "tinybase/persisters/persister-indexed-db";
    export { createWsSynchronizer } from "tinybase/synchronizers/synchronizer-ws-client";`,
  PouchDB: `export { default } from "pouchdb-browser";`,
  RxDB: `export { createRxDatabase } from "rxdb";
    export { getRxStorageDexie } from "rxdb/plugins/storage-dexie";
    export { replicateRxCollection } from "rxdb/plugins/replication";`,
  Replicache: `export { Replicache } from "replicache";`,
};

interface Size {
  readonly raw: number;
  readonly gzip: number;
  readonly brotli: number;
}

const folder = mkdtempSync(join(tmpdir(), "fieldcast-size-peers-"));
try {
  const page = "tests/bench/sync/pages/size.ts";
  const sizes: Record<string, Size> = { Fieldcast: await sizeOf("fieldcast", page, process.cwd()) };
  const problem = installPeers(folder, versions);
  if (problem !== null) console.log(`  peers were skipped: ${problem}`);
  for (const [name, code] of problem === null ? Object.entries(peers) : []) {
    writeFileSync(join(folder, `${name}.js`), code);
    sizes[name] = await sizeOf(name, `${name}.js`, folder);
  }
  console.log("\nB13, what a browser loads for its sync, bytes:");
  console.table(sizes);
  keep("sync", "code-size", { versions, sizes });
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The entry in `root`, where what it imports is found. */
async function sizeOf(name: string, entry: string, root: string): Promise<Size> {
  const outDir = join(folder, "built", name);
  await build({
    configFile: false,
    root,
    logLevel: "silent",
    resolve: { alias: [{ find: /^dexie$/, replacement: modernDexie }] },
    define: { "process.env.NODE_ENV": '"production"', global: "globalThis" },
    build: {
      outDir,
      copyPublicDir: false,
      rolldownOptions: {
        input: join(root, entry),
        preserveEntrySignatures: "strict",
        output: { entryFileNames: "page.js", codeSplitting: false },
      },
    },
  });
  const text = readFileSync(join(outDir, "page.js"));
  return {
    raw: text.length,
    gzip: gzipSync(text, { level: 9 }).length,
    brotli: brotliCompressSync(text).length,
  };
}
