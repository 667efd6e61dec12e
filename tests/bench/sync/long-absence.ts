/**
 * B12: a device comes back after ninety days: 200,000 changes were made to 2,000 rows meanwhile.
 * Counted are the rows and bytes that it pulls, the pages, and how long the server is busy with
 * them; beside them a log that keeps each change (as event stores and document logs do), and Yjs.
 *
 * CouchDB and PowerSync are servers of their own, LiveStore needs its sync back-end: not run.
 * Run: `npm run bench -- sync`, or `node tests/bench/sync/long-absence.ts [CHANGES] [ROWS]`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { dayMs } from "#domain/core/time.ts";
import type { Campaign } from "#domain/campaign/campaign.ts";
import { installPeers, keep } from "../../support/bench.ts";
import { noon } from "../../support/campaigns.ts";
import { openFieldcast } from "./runs/bytes-fieldcast.ts";
import { openYjs } from "./runs/bytes-yjs.ts";
import { campaign } from "./runs/workspace.ts";

const changes = Number(process.argv[2] ?? 200_000);
const rows = Number(process.argv[3] ?? 2_000);
const days = 90;
const versions = { yjs: "13.6.33" };
const rounds = Math.ceil(changes / rows);

interface Result {
  readonly rows: number;
  readonly kb: number;
  readonly messages: number;
  readonly ms: number;
}

const folder = mkdtempSync(join(tmpdir(), "fieldcast-absence-peers-"));
try {
  const results: Record<string, Result> = { Fieldcast: await ours(), "a log of changes": aLog() };
  const problem = installPeers(folder, versions);
  if (problem === null) results["Yjs"] = await yjs();
  else console.log(`  Yjs was skipped: ${problem}`);
  console.log(`\nB12, ${days} days away, ${rounds * rows} changes to ${rows} rows:`);
  console.log(`  wanted: ${rows} rows`);
  console.table(results);
  keep("sync", "long-absence", { changes: rounds * rows, rows, versions, results });
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The campaign as it stands after so many rounds of changes. */
function changed(index: number, round: number): Campaign {
  const known = campaign(index);
  return { ...known, rev: known.rev + round, name: `${known.name}, version ${round}` };
}

function indexes(): number[] {
  return Array.from({ length: rows }, (_, index) => index);
}

function when(round: number): number {
  return noon + Math.round((days * dayMs * round) / rounds);
}

async function ours(): Promise<Result> {
  const us = await openFieldcast();
  for (let round = 0; round <= rounds; round++) {
    const docs = indexes().map((index) => changed(index, round));
    const writes = docs.map((doc) => ({ kind: "campaign" as const, id: doc.id, doc }));
    await us.write(writes, when(round));
    // It hears of the first version, and is away from then on.
    if (round === 0) await us.pull();
  }
  const startedAt = performance.now();
  const { packed, messages, rows: pulled } = await us.pull();
  const ms = performance.now() - startedAt;
  await us.close();
  return { rows: pulled, kb: Math.round(packed / 1_000), messages, ms: Math.round(ms) };
}

/** Each change as it was made, and nothing is ever left out. */
function aLog(): Result {
  const startedAt = performance.now();
  let bytes = 0;
  for (let round = 1; round <= rounds; round++) {
    const lines = indexes().map((index) => {
      const { id, name, rev } = changed(index, round);
      return JSON.stringify({ id, at: when(round), rev, set: { name } });
    });
    bytes += gzipSync(lines.join("\n"), { level: 1 }).length;
  }
  const ms = Math.round(performance.now() - startedAt);
  return { rows: rounds * rows, kb: Math.round(bytes / 1_000), messages: rounds, ms };
}

async function yjs(): Promise<Result> {
  const peer = openYjs(folder);
  for (let round = 0; round <= rounds; round++) {
    for (const index of indexes()) peer.campaign(changed(index, round));
    if (round === 0) await peer.catchUp();
  }
  const startedAt = performance.now();
  const { packed, messages } = await peer.catchUp();
  const ms = Math.round(performance.now() - startedAt);
  return { rows, kb: Math.round(packed / 1_000), messages, ms };
}
