// `npm run kills -- [--recipients N] [--kills M] [--unkeyed [--hold]]`: sends a campaign through
// the real server and kills it at random moments; prints what came of it, and fails unless
// everybody was reached once. `--unkeyed`: the carrier acts on every call, whatever its key, and
// what is in doubt is sent again once its receipt did not come. `--hold`: it is not sent again.
// `npm run kills -- --sync [--kills M]`: kills the server and the apps of its devices in the middle
// of pushes and pulls, a thousand times unless told; fails unless nothing was lost or done twice.
// `npm run kills -- --codes [N] [--kills M]`: eight campaigns take from one pool of so many codes, two
// million unless told, while the server is killed; fails unless each code was told in one message.
import { parseArgs } from "node:util";
import { runCodeKills } from "./delivery/code-kills.ts";
import { runSyncKills } from "./sync-kills/kill-run.ts";
import { runKills, type KillOutcome, type KillPlan } from "./delivery/kill-run.ts";

const { values, positionals } = parseArgs({
  options: {
    recipients: { type: "string", default: "100000" },
    kills: { type: "string" },
    sync: { type: "boolean", default: false },
    seed: { type: "string", default: "1" },
    unkeyed: { type: "boolean", default: false },
    hold: { type: "boolean", default: false },
    codes: { type: "boolean", default: false },
  },
  allowPositionals: true,
});
const people = Number(values.recipients);
const kills = Number(values.kills ?? (values.sync ? "1000" : "100"));

if (values.sync) {
  await killSync();
} else if (values.codes) {
  await killCodes(Number(positionals[0] ?? "2000000"));
} else if (Number.isInteger(people) && Number.isInteger(kills) && people > 0 && kills >= 0) {
  const policy = values.hold ? "hold" : "resend";
  const plan: KillPlan = { people, kills, ...(values.unkeyed ? { unkeyed: policy } : {}) };
  const startedAt = performance.now();
  const outcome = await runKills(plan);
  const { doctor, ...counts } = outcome;
  console.table(counts);
  console.log(doctor);
  console.log(`${((performance.now() - startedAt) / 1_000).toFixed(0)} s`);
  process.exitCode = isRight(outcome, plan) ? 0 : 1;
} else {
  console.error("--recipients and --kills are whole numbers");
  process.exitCode = 2;
}

async function killSync(): Promise<void> {
  const startedAt = performance.now();
  const outcome = await runSyncKills({
    kills,
    devices: 4,
    seed: Number(values.seed),
    onKill: (done) => {
      if (done % 50 === 0) console.log(`${done} kills`);
    },
  });
  console.table(outcome);
  console.log(`${((performance.now() - startedAt) / 1_000).toFixed(0)} s`);
  const { lost, doubled, cards, unequal } = outcome;
  process.exitCode = lost + doubled + cards + unequal === 0 ? 0 : 1;
}

async function killCodes(codes: number): Promise<void> {
  const startedAt = performance.now();
  const outcome = await runCodeKills({ codes, campaigns: 8, kills });
  const { doctor, ...counts } = outcome;
  console.table(counts);
  console.log(doctor);
  console.log(`${((performance.now() - startedAt) / 1_000).toFixed(0)} s`);
  const { lost, issuedTwice, conflicts, drift, reserved } = outcome;
  const isClean = lost + issuedTwice + conflicts + drift + reserved === 0;
  process.exitCode = isClean && doctor.includes("ok") ? 0 : 1;
}

function isRight(outcome: KillOutcome, { people: all, unkeyed }: KillPlan): boolean {
  const { lost, twice, drift, conflicts, unknown, exported, phase, doctor } = outcome;
  const isReached = unkeyed === "hold" || unknown === 0;
  const isClean = lost + twice + drift + conflicts === 0 && exported === all && isReached;
  return isClean && phase === "completed" && doctor.includes("ok");
}
