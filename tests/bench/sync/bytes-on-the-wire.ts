/**
 * B2: what travels to a device for its first sync, after an hour away, and while it listens for an
 * hour to a campaign that is sent; without the transport's own headers, which everybody has alike.
 * For each the same documents: 1,000 campaigns, half of them sent, with their counters; in the hour
 * twenty campaigns were sent and sixty edited; the one that is listened to changes four times a
 * second. (What travels for recipients is measured beside B1.)
 *
 * Yjs and TinyBase merge the work of peers, which costs them bytes. PouchDB's bytes need a
 * CouchDB, and Replicache a licence: not run. Nothing here depends on the time that it takes:
 * one round is enough.
 * Run: `npm run bench -- sync`, or `node tests/bench/sync/bytes-on-the-wire.ts [CAMPAIGNS] [MINUTES]`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Rollup } from "#domain/report/rollup.ts";
import { installPeers, keep } from "../../support/bench.ts";
import { noon } from "../../support/campaigns.ts";
import type { Peer, Travelled } from "./runs/bytes.ts";
import { openDocuments } from "./runs/bytes-documents.ts";
import { openFieldcast } from "./runs/bytes-fieldcast.ts";
import { openTinyBase } from "./runs/bytes-tinybase.ts";
import { openYjs } from "./runs/bytes-yjs.ts";
import { campaign, documents, rollup } from "./runs/workspace.ts";

const campaigns = Number(process.argv[2] ?? 1_000);
const minutes = Number(process.argv[3] ?? 60);
const versions = { yjs: "13.6.33", tinybase: "10.0.1" };
const flushesPerMinute = 240;

interface Result {
  readonly first: Travelled;
  readonly away: Travelled;
  readonly listening: Travelled;
}

const folder = mkdtempSync(join(tmpdir(), "fieldcast-bytes-peers-"));
try {
  const problem = installPeers(folder, versions);
  if (problem !== null) console.log(`  Yjs and TinyBase were skipped: ${problem}`);
  const results: Record<string, Result> = { Fieldcast: await ours() };
  results["a document each (RxDB over HTTP)"] = await theirs(openDocuments());
  if (problem === null) {
    results["Yjs"] = await theirs(openYjs(folder));
    await theirs(openTinyBase(folder)).then(
      (result) => (results["TinyBase"] = result),
      (error: unknown) => console.log(`  TinyBase was skipped: ${String(error)}`),
    );
  }
  show(results);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function ours(): Promise<Result> {
  const us = await openFieldcast();
  await us.write(documents(campaigns), noon);
  const first = await us.pull();
  for (let minute = 1; minute <= 60; minute++) {
    const { sent, edited } = hour(minute);
    const writes = sent.map((doc) => ({ kind: "rollup" as const, id: doc.id, doc }));
    await us.write([...writes, { kind: "campaign", id: edited.id, doc: edited }], at(minute));
  }
  const away = await us.pull();
  const listening = { raw: 0, packed: 0, messages: 0 };
  for (const doc of flushes()) {
    await us.write([{ kind: "rollup", id: doc.id, doc }], doc.at);
    listening.raw += await us.hear();
    listening.messages += 1;
  }
  await us.close();
  return { first, away, listening: { ...listening, packed: listening.raw } };
}

async function theirs(peer: Peer): Promise<Result> {
  for (const write of documents(campaigns)) {
    if (write.kind === "campaign" && write.doc !== null) peer.campaign(write.doc);
    if (write.kind === "rollup" && write.doc !== null) peer.rollup(write.doc);
  }
  const first = await peer.catchUp();
  for (let minute = 1; minute <= 60; minute++) {
    const { sent, edited } = hour(minute);
    for (const doc of sent) peer.rollup(doc);
    peer.campaign(edited);
  }
  const away = await peer.catchUp();
  const stop = await peer.listen();
  for (const doc of flushes()) peer.rollup(doc);
  return { first, away, listening: await stop() };
}

/** A minute of the hour away. */
function hour(minute: number) {
  const sent = Array.from({ length: 20 }, (_, index) => rollup(index * 2, minute));
  const known = campaign(minute);
  const edited = { ...known, rev: known.rev + minute, name: `${known.name}, edited` };
  return { sent, edited };
}

function at(minute: number): number {
  return noon + minute * 60_000;
}

/** The counters of one campaign, four times a second: the newest point of its course grows. */
function* flushes(): Iterable<Rollup> {
  for (let minute = 1; minute <= minutes; minute++) {
    const full = rollup(40, minute);
    const newest = full.series.at(-1);
    for (let n = 1; n <= flushesPerMinute; n++) {
      const share = (count = 0) => Math.floor((count * n) / flushesPerMinute);
      const [submitted, delivered] = [
        share(newest?.entered.submitted),
        share(newest?.entered.delivered),
      ];
      const states = {
        ...full.states,
        queued: full.states.queued - submitted,
        submitted: full.states.submitted + submitted - delivered,
        delivered: full.states.delivered + delivered,
      };
      const series = full.series.with(full.series.length - 1, {
        at: newest?.at ?? 0,
        entered: { submitted, delivered },
      });
      yield { ...full, states, segments: states, series, at: at(minute) + n * 250 };
    }
  }
}

function kb({ packed }: Travelled): number {
  return Math.round(packed / 100) / 10;
}

function show(results: Readonly<Record<string, Result>>): void {
  const rows = Object.entries(results).map(([name, { first, away, listening }]) => [
    name,
    {
      "first sync kB": kb(first),
      "after an hour kB": kb(away),
      [`${minutes} min of listening kB`]: kb(listening),
      "bytes a frame": Math.round(listening.raw / listening.messages),
    },
  ]);
  console.log(`\nB2, ${campaigns} campaigns, what travels to a device (gzip where one does):`);
  console.log("  wanted: half of the best peer's bytes or less");
  console.table(Object.fromEntries(rows));
  keep("sync", "bytes-on-the-wire", { campaigns, minutes, versions, results });
}
