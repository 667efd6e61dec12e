/**
 * D5: the real server, killed at random moments while it sends: who was lost, who was written to
 * twice, and how far counters and truth are apart; with a carrier that honours keys and with one
 * that acts on every call.
 * Run: `npm run bench -- delivery`, or `node tests/bench/delivery/crash.ts [PEOPLE] [KILLS]`.
 */
import { runKills, type KillPlan } from "../../simulation/delivery/kill-run.ts";
import { keep } from "../../support/bench.ts";

const people = Number(process.argv[2] ?? 100_000);
const kills = Number(process.argv[3] ?? 100);
/** Without keys the restarts take longer than the sending: fewer of both show as much. */
const fewer = { people: Math.ceil(people / 5), kills: Math.ceil(kills / 2.5) };

const plans: Readonly<Record<string, KillPlan>> = {
  "with keys": { people, kills },
  "no key, sent again after the window": { ...fewer, unkeyed: "resend" },
  "no key, held": { ...fewer, unkeyed: "hold" },
};

const table: Record<string, object> = {};
for (const [name, plan] of Object.entries(plans)) {
  const { lost, twice, drift, unknown, repeats, doctor } = await runKills(plan);
  const isWell = doctor.includes("ok");
  table[name] = { ...plan, lost, twice, drift, unknown, repeats, doctor: isWell ? "ok" : doctor };
}
console.log("D5, the server killed at random moments while it sends (wanted: 0, 0 and 0):");
console.table(table, ["people", "kills", "lost", "twice", "drift", "unknown", "repeats", "doctor"]);
keep("delivery", "crash", { table });
