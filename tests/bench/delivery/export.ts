/**
 * D8: the recipients of a campaign as CSV and as a workbook, with reasons, out of the real store,
 * beside csv-stringify and excelts alone, which are handed rows of the same form from memory: no
 * database, no reasons to look up. Both workbooks are packed alike (the fastest packing).
 * Run: `npm run bench -- delivery`, or `node tests/bench/delivery/export.ts [MESSAGES] [ROUNDS]`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { number, object, parse, type InferOutput } from "valibot";
import { installPeers, keep, median, runAsServer, runNode } from "../../support/bench.ts";
import { deliveredAtOnce } from "../../support/delivery/fake-carrier.ts";
import { readCampaign } from "../../support/delivery/world.ts";
import { openBench } from "./runs/engine.ts";

const Run = object({ ms: number(), bytes: number(), peakRssMb: number() });
type Run = InferOutput<typeof Run>;

const messages = Number(process.argv[2] ?? 1_000_000);
const rounds = Number(process.argv[3] ?? 1);
const versions = { "csv-stringify": "6.9.0", "@cj-tech-master/excelts": "10.2.0" } as const;
const pairs = [
  { kind: "csv", peer: "csv-stringify" },
  { kind: "xlsx", peer: "@cj-tech-master/excelts" },
] as const;

let calls = 0;
const bench = await openBench(messages, async () => {
  calls += 1;
  if (calls % 10 !== 0) return deliveredAtOnce;
  return { outcome: "refused", reason: "unknown_recipient", code: "550", words: "no such user" };
});
bench.engine.start();
while ((await readCampaign(bench.store)).phase !== "completed") await sleep(200);

const folder = mkdtempSync(join(process.env["BENCH_DIR"] ?? tmpdir(), "fieldcast-export-"));
const results: Record<string, Run[]> = {};
let problem: string | null;
try {
  problem = installPeers(folder, versions);
  for (let round = 1; round <= rounds; round++) {
    for (const { kind, peer } of pairs) {
      note(kind, await runAsServer("tests/bench/delivery/runs/export.ts", bench.path, kind));
      const alone = ["tests/bench/delivery/runs/export-alone.ts", folder, peer] as const;
      if (problem === null) note(peer, await runNode(...alone, String(messages)));
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
  await bench.close();
}
show();

function note(name: string, output: unknown): void {
  const run = parse(Run, output);
  results[name] = [...(results[name] ?? []), run];
  console.log(`  ${name}: ${run.ms} ms, ${run.peakRssMb} MB`);
}

function show(): void {
  console.log(`\nD8, ${messages} rows, medians of ${rounds} (wanted: at most 1.3 times, 300 MB):`);
  for (const { kind, peer } of pairs) {
    const [mine, other] = [msOf(kind), msOf(peer)];
    const rss = Math.max(...(results[kind] ?? []).map(({ peakRssMb }) => peakRssMb));
    const beside = problem === null ? `${(mine / other).toFixed(2)} times ${peer} alone` : problem;
    console.log(`  ${kind.padEnd(5)} ${String(mine).padStart(7)} ms, ${rss} MB at most: ${beside}`);
  }
  keep("delivery", "export", { messages, versions, results });
}

function msOf(name: string): number {
  return median((results[name] ?? []).map(({ ms }) => ms));
}
