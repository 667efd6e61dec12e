/**
 * How soon a pause and a cancel are felt: when the last call began after a pause was committed
 * (wanted: within 250 ms), and how long a million queued messages take to be canceled (15 s).
 * Run: `npm run bench -- delivery`, or `node tests/bench/delivery/stopping.ts [PEOPLE]`.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { deliveredAtOnce } from "../../support/delivery/fake-carrier.ts";
import { readCampaign, readRollup, setPhase } from "../../support/delivery/world.ts";
import { openBench } from "./runs/engine.ts";
import { keep } from "../../support/bench.ts";

const people = Number(process.argv[2] ?? 1_000_000);
const pauses = 10;
const calm = 500;

let lastCallAt = 0;
const bench = await openBench(people, async () => {
  lastCallAt = performance.now();
  await sleep(2);
  return deliveredAtOnce;
});
const { store, engine } = bench;
engine.start();
while ((await readCampaign(store)).phase === "preparing") await sleep(50);

const pauseMs: number[] = [];
for (let n = 0; n < pauses; n++) {
  await sleep(calm);
  await setPhase(store, { phase: "paused", pausedFrom: "active", pauseReason: "user" });
  const committedAt = performance.now();
  await sleep(calm);
  pauseMs.push(Math.max(0, Math.round(lastCallAt - committedAt)));
  await setPhase(store, { phase: "active", pausedFrom: null, pauseReason: null });
}
const before = (await readRollup(store))?.states;
await setPhase(store, { phase: "canceled", completedAt: Date.now() });
const canceledAt = performance.now();
while ((await store.delivery.work({ now: Date.now() })).open.length > 0) await sleep(20);
const cancelMs = Math.round(performance.now() - canceledAt);
const states = (await readRollup(store))?.states;
const findings = await store.delivery.findings({});
await bench.close();
if (findings.length > 0) throw new Error(JSON.stringify(findings));

console.log(`Pause while sending, ${pauses} times: the last call began at most`);
console.log(`  ${Math.max(...pauseMs)} ms after the commit (wanted: 250 ms)`);
console.log(
  `Cancel: ${states?.canceled} queued messages in ${cancelMs} ms (wanted: a million in 15 s)`,
);
keep("delivery", "stopping", { people, pauseMs, cancelMs, canceled: states?.canceled, before });
