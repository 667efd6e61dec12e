/**
 * B11: commands a second that the server decides and stores, verdict and effect in one transaction
 * and on disk before it answers: devices that push one command, or twenty, and wait for the
 * verdicts before they go on. Without HTTP, which costs every server the same.
 *
 * Replicache's reference server needs a licence, PostgreSQL a server: not run.
 * Run: `npm run bench -- sync`, or `node tests/bench/sync/push-rate.ts [SECONDS] [ROUNDS]`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { emptyContent } from "#domain/campaign/campaign.ts";
import { schemaVersion } from "#protocol/version.ts";
import { commandVersions, type Command } from "#protocol/command.ts";
import { createCommands, type Commands } from "#server/commands/apply.ts";
import { applyPush } from "#server/commands/push.ts";
import { openThreadedStore } from "#server/store/sqlite/threaded.ts";
import { keep, median } from "../../support/bench.ts";
import { ana, anId } from "../../support/campaigns.ts";
import { workspace } from "./runs/workspace.ts";

const seconds = Number(process.argv[2] ?? 5);
const rounds = Number(process.argv[3] ?? 3);
const wanted = 5_200;
const loads = [
  { devices: 1, batch: 1 },
  { devices: 16, batch: 1 },
  { devices: 16, batch: 20 },
] as const;

const actor = { workspace, user: ana, role: "admin", access: { fieldMaySend: false } } as const;
const checkContent = () => ({ unknown: [], problems: [] });

interface Load {
  readonly devices: number;
  readonly batch: number;
}

const taken = new Map<string, number[]>();
for (let round = 1; round <= rounds; round++) {
  for (const load of loads) {
    const name = `${load.devices} devices, ${load.batch} at once`;
    taken.set(name, [...(taken.get(name) ?? []), await measure(load)]);
  }
}
console.log(
  `\nB11, commands a second to the server's disk, medians of ${rounds} rounds of ${seconds} s:`,
);
console.log(`  wanted: ${wanted}`);
console.table(
  Object.fromEntries(
    [...taken].map(([name, list]) => [
      name,
      { median: Math.round(median(list)), least: Math.round(Math.min(...list)) },
    ]),
  ),
);
keep("sync", "push-rate", { seconds, rounds, taken: Object.fromEntries(taken) });

async function measure({ devices, batch }: Load): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "fieldcast-push-"));
  const store = await openThreadedStore(join(folder, "push.db"));
  const commands = createCommands({ store, clock: Date.now, checkContent });
  const until = performance.now() + seconds * 1_000;
  const startedAt = performance.now();
  const all = Array.from({ length: devices }, (_, n) => pushOn(commands, { n, batch, until }));
  const done = (await Promise.all(all)).reduce((sum, count) => sum + count, 0);
  const took = (performance.now() - startedAt) / 1_000;
  await store.close();
  rmSync(folder, { recursive: true, force: true });
  return done / took;
}

interface Pushing {
  /** Of the device. */
  readonly n: number;
  readonly batch: number;
  readonly until: number;
}

/** Pushes new drafts until the time is over; answers how many commands got their verdict. */
async function pushOn(commands: Commands, { n, batch, until }: Pushing): Promise<number> {
  const sender = { client: anId(0x1000 + n), instance: anId(0x2000 + n), schema: schemaVersion };
  let mid = 0;
  while (performance.now() < until) {
    const next = Array.from({ length: batch }, (_, i) => draft(n, mid + i + 1));
    const { verdicts, expected } = await applyPush(commands, actor, { ...sender, commands: next });
    const isTaken = expected === null && verdicts.every(({ outcome }) => outcome === "ok");
    if (!isTaken || verdicts.length !== batch) throw new Error(JSON.stringify(verdicts));
    mid += batch;
  }
  return mid;
}

function draft(device: number, mid: number): Command {
  const id = anId(0x1_0000_0000 * (device + 1) + mid);
  const args = { id, type: "email", name: `Draft ${mid}`, content: emptyContent };
  const filled = { ...args, audienceId: null, accountId: null };
  const at = { wall: Date.now(), offset: 0, offsetAge: 0 };
  const uid = anId(0x1_0000_0000 * (device + 0x1000) + mid);
  return {
    mid,
    uid,
    name: "campaign.create",
    v: commandVersions["campaign.create"],
    args: filled,
    at,
  };
}
