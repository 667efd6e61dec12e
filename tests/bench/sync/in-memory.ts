/**
 * B3 and B4, in memory alone: what it costs to take up 5,000 recipients from the bytes that came,
 * until each row can be asked for; and 100,000 changes of one counter on the server, after which a
 * device comes that has none of them. Each in the shape that is natural to it.
 *
 * Yjs and TinyBase merge the work of peers, which costs them more, and keep nothing on a disk;
 * Fieldcast's server writes each change to its database (here one in memory) as a version of the
 * row. PouchDB and RxDB are stores on a disk: B1 and B5 have them. Rounds are interleaved.
 * Run: `npm run bench -- sync`, or `node tests/bench/sync/in-memory.ts [ROUNDS] [ROWS] [CHANGES]`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installPeers, keep, median } from "../../support/bench.ts";
import { openFieldcast } from "./runs/memory-fieldcast.ts";
import type { MemoryPeer } from "./runs/memory-peer.ts";
import { openTinyBase } from "./runs/memory-tinybase.ts";
import { openYjs } from "./runs/memory-yjs.ts";
import { plainRows } from "./runs/recipients.ts";

const [rounds = 5, size = 5_000, changes = 100_000] = process.argv.slice(2).map(Number);
const versions = { yjs: "13.6.33", tinybase: "10.0.1" };

interface Taken {
  readonly applyMs: number;
  readonly applyBytes: number;
  readonly churnMs: number;
  readonly catchUpMs: number;
  readonly catchUpBytes: number;
}

const folder = mkdtempSync(join(tmpdir(), "fieldcast-memory-peers-"));
try {
  const problem = installPeers(folder, versions);
  if (problem !== null) console.log(`  Yjs and TinyBase were skipped: ${problem}`);
  const peers: readonly MemoryPeer[] = [
    openFieldcast(),
    ...(problem === null ? [openYjs(folder), openTinyBase(folder)] : []),
  ];
  const taken = new Map<string, Taken[]>();
  for (let round = 1; round <= rounds; round++) {
    for (const peer of peers) {
      taken.set(peer.name, [...(taken.get(peer.name) ?? []), await measure(peer)]);
    }
  }
  show(taken);
  keep("sync", "in-memory", { rounds, size, changes, taken: Object.fromEntries(taken) });
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measure(peer: MemoryPeer): Promise<Taken> {
  const bytes = peer.encoded(plainRows(size));
  const [applyMs, found] = await timed(async () => peer.applied(bytes));
  if (found !== size) throw new Error(`${peer.name} has ${found} of ${size}`);

  const counter = await peer.openCounter();
  const [churnMs] = await timed(() => counter.change(changes));
  const [catchUpMs, caughtUp] = await timed(() => counter.catchUp());
  await counter.close();
  if (caughtUp.value !== changes) throw new Error(`${peer.name} counted ${String(caughtUp.value)}`);
  const applyBytes = bytes.reduce((sum, { length }) => sum + length, 0);
  return { applyMs, applyBytes, churnMs, catchUpMs, catchUpBytes: caughtUp.bytes };
}

async function timed<T>(run: () => Promise<T>): Promise<[ms: number, result: T]> {
  const startedAt = performance.now();
  const result = await run();
  return [performance.now() - startedAt, result];
}

function show(taken: ReadonlyMap<string, readonly Taken[]>): void {
  const table = [...taken].map(([name, list]) => {
    const of = (part: keyof Taken, unit = 1): number =>
      Math.round(median(list.map((each) => each[part])) * (10 / unit)) / 10;
    return [
      name,
      {
        "take up ms": of("applyMs"),
        "take up kB": of("applyBytes", 1_000),
        "changes ms": of("churnMs"),
        "catch up ms": of("catchUpMs"),
        "catch up bytes": of("catchUpBytes"),
      },
    ];
  });
  console.log(`\nB3, ${size} recipients, and B4, ${changes} changes of one counter:`);
  console.log(`  medians of ${rounds} rounds; bytes before any compression`);
  console.table(Object.fromEntries(table));
}
