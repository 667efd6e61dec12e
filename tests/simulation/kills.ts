// `npm run kills -- [--recipients N] [--kills M]`: sends a campaign through the real server and
// kills it at random moments; prints what came of it, and fails unless everybody was reached once.
import { parseArgs } from "node:util";
import { runKills } from "./delivery/kill-run.ts";

const { values } = parseArgs({
  options: {
    recipients: { type: "string", default: "100000" },
    kills: { type: "string", default: "100" },
  },
});
const people = Number(values.recipients);
const kills = Number(values.kills);

if (Number.isInteger(people) && Number.isInteger(kills) && people > 0 && kills >= 0) {
  const startedAt = performance.now();
  const { doctor, ...outcome } = await runKills({ people, kills });
  console.table(outcome);
  console.log(doctor);
  console.log(`${((performance.now() - startedAt) / 1_000).toFixed(0)} s`);
  const { lost, twice, drift, conflicts, exported, phase } = outcome;
  const isRight = lost + twice + drift + conflicts === 0 && exported === people;
  process.exitCode = isRight && phase === "completed" && doctor.includes("ok") ? 0 : 1;
} else {
  console.error("--recipients and --kills are whole numbers");
  process.exitCode = 2;
}
