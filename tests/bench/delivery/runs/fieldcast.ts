/**
 * How many messages a second the engine accounts for, on disk with every commit flushed, when
 * the provider costs nothing. Run: `node tests/bench/delivery/runs/fieldcast.ts [MESSAGES]`.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { deliveredAtOnce } from "../../../support/delivery/fake-carrier.ts";
import { readCampaign, readRollup } from "../../../support/delivery/world.ts";
import { openBench } from "./engine.ts";

const messages = Number(process.argv[2] ?? 100_000);
const bench = await openBench(messages, async () => deliveredAtOnce);
const { store, engine } = bench;
const began = performance.now();
let preparedAt = 0;
let cpuBefore = process.cpuUsage();
engine.start();
for (;;) {
  const { phase } = await readCampaign(store);
  if (preparedAt === 0 && phase !== "preparing") {
    preparedAt = performance.now();
    cpuBefore = process.cpuUsage();
  }
  if (phase === "completed") break;
  await sleep(20);
}
const ended = performance.now();
const cpu = process.cpuUsage(cpuBefore);
const peakRssMb = Math.round(process.resourceUsage().maxRSS / 1_024);
const findings = await store.delivery.findings({});
const delivered = (await readRollup(store))?.states.delivered;
await bench.close();
if (findings.length > 0 || delivered !== messages) {
  throw new Error(`${delivered} of ${messages} were delivered: ${JSON.stringify(findings)}`);
}
console.log(
  JSON.stringify({
    messages,
    prepareMs: Math.round(preparedAt - began),
    sendMs: Math.round(ended - preparedAt),
    perSecond: Math.round((messages * 1_000) / (ended - preparedAt)),
    cpuUsPerMessage: Math.round(((cpu.user + cpu.system) * 10) / messages) / 10,
    peakRssMb,
  }),
);
