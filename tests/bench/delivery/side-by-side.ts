/**
 * D1: how many messages a second are accounted for, when the provider costs nothing: the engine
 * beside well-known job queues at their best batch settings. Everybody does the same accounting:
 * the intent of each message is on disk before its call, its state and reason are on disk after
 * it, and counters by state, reason and minute are exact at every commit. What a library does not
 * keep itself, an app around it keeps in the same database, in whole batches (see
 * peers/accounting.ts); "bare" is the library without that, for who wants to know its share.
 * Fieldcast renders its template, reads consent and suppression, and makes keys and links, too.
 *
 * Everybody has worked off some in the same process before the clock begins, on the same server;
 * what the engine does right after its start is told beside it.
 * Rounds are interleaved, because the machine is not ours alone: the ratios of the medians count.
 * What others wrote and removed just before is on the disk when a run begins: nobody pays for it.
 * Run: `npm run bench -- delivery`, or `node tests/bench/delivery/side-by-side.ts [MESSAGES] [ROUNDS]`.
 */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { number, object, parse } from "valibot";
import type { Peer } from "./peers/peer.ts";
import { peers, versions } from "./peers/peers.ts";
import { servers, type Server } from "./peers/servers.ts";
import { installPeers, keep, median, runAsServer, runNode } from "../../support/bench.ts";

const Run = object({ messages: number(), perSecond: number(), peakRssMb: number() });
type Run = { readonly perSecond: number; readonly peakRssMb: number };

const messages = Number(process.argv[2] ?? 100_000);
const rounds = Number(process.argv[3] ?? 3);
/** Servers run for weeks: what everybody did in the same process before the clock begins. */
const warmUp = 20_000;
const engineRun = "tests/bench/delivery/runs/fieldcast.ts";
const ours = "Fieldcast";
/** The same as the first thing that a server does after its start. */
const oursCold = "Fieldcast, just started";
/** What the file under the engine could do: see runs/raw-sqlite.ts. */
const limit = "raw SQLite";

const folder = mkdtempSync(join(process.env["BENCH_DIR"] ?? tmpdir(), "fieldcast-peers-"));
// PostgreSQL runs as another user, and has to get to its own folder.
chmodSync(folder, 0o755);
const results = new Map<string, Run[]>();
const skipped = new Map<string, string>();
try {
  const problem = installPeers(folder, versions);
  for (let round = 1; round <= rounds; round++) {
    await settle();
    note(ours, await runAsServer(engineRun, String(messages), String(warmUp)));
    await settle();
    note(oursCold, await runAsServer(engineRun, String(messages)));
    await settle();
    note(limit, await runNode("tests/bench/delivery/runs/raw-sqlite.ts", String(messages)));
    for (const peer of peers) {
      if (problem === null) await runPeer(peer);
      else skipped.set(peer.name, problem);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
show();

/** Each run has a server of its own: nobody works in what another one left behind. */
async function runPeer({ name, needs }: Peer): Promise<void> {
  const at = mkdtempSync(join(folder, "server-"));
  let server: Server | null = null;
  try {
    const found = await servers[needs](at);
    if (typeof found === "string") {
      skipped.set(name, found);
      return;
    }
    server = found;
    const args = [name, folder, ...[server.port, messages, warmUp].map(String)];
    await settle();
    note(name, await runNode("tests/bench/delivery/peers/run.ts", ...args));
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    skipped.set(name, words.split("\n").find((line) => line.includes("Error")) ?? words);
  } finally {
    await server?.stop();
    rmSync(at, { recursive: true, force: true });
  }
}

async function settle(): Promise<void> {
  execFileSync("sync");
  await sleep(2_000);
}

function note(name: string, output: unknown): void {
  const run = parse(Run, output);
  results.set(name, [...(results.get(name) ?? []), run]);
  console.log(`  ${name}: ${run.perSecond} messages/s`);
}

function show(): void {
  const mine = median((results.get(ours) ?? []).map(({ perSecond }) => perSecond));
  console.log(`\nD1, ${messages} messages, medians of ${rounds} interleaved rounds:`);
  for (const [name, runs] of results) {
    const speeds = runs.map(({ perSecond }) => perSecond);
    const speed = median(speeds);
    const spread = `${Math.min(...speeds)}-${Math.max(...speeds)}`;
    const rss = Math.max(...runs.map(({ peakRssMb }) => peakRssMb));
    const ratio = name.startsWith(ours)
      ? ""
      : `  Fieldcast is ${(mine / speed).toFixed(1)} times as fast`;
    console.log(
      `  ${name.padEnd(24)} ${String(speed).padStart(8)}/s (${spread})  ${rss} MB${ratio}`,
    );
  }
  console.log(`  ${limit}: the same rows and counters, flushed as often, with nothing around them`);
  for (const { name, how } of peers) {
    const why = skipped.get(name);
    console.log(why === undefined ? `  ${name}: ${how}` : `  ${name} was skipped: ${why}`);
  }
  keep("delivery", "side-by-side", { messages, versions, runs: Object.fromEntries(results) });
}
