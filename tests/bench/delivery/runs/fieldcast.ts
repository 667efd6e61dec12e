/**
 * How many messages a second the engine accounts for, on disk with every commit flushed, when
 * the provider costs nothing. Run: `node tests/bench/delivery/runs/fieldcast.ts [MESSAGES] [WARM_UP]`;
 * with a warm-up, a campaign of so many went out before in the same process.
 */
import { deliveredAtOnce } from "../../../support/delivery/fake-carrier.ts";
import { campaignId, readCampaign, readRollup } from "../../../support/delivery/world.ts";
import { openBench } from "./engine.ts";

const [messages = 100_000, warmUp = 0] = process.argv.slice(2).map(Number);
const bench = await openBench(messages, async () => deliveredAtOnce, warmUp);
const { store, engine } = bench;
let began = performance.now();
engine.start();
let id = campaignId;
if (warmUp > 0) {
  await until("completed");
  began = performance.now();
  id = await bench.launchAtHome();
}
await until("active");
const preparedAt = performance.now();
const cpuBefore = process.cpuUsage();
await until("completed");
const ended = performance.now();
const cpu = process.cpuUsage(cpuBefore);
const peakRssMb = Math.round(process.resourceUsage().maxRSS / 1_024);
const findings = await store.delivery.findings({});
const delivered = (await readRollup(store, id))?.states.delivered;
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

/** Until the campaign has that phase, or is past it. It is looked at when something moved: looking all the time would be work beside what is measured. */
async function until(wanted: "active" | "completed"): Promise<void> {
  for (;;) {
    const moved = nextMove();
    const { phase } = await readCampaign(store, id);
    if (phase === wanted || phase === "completed") return;
    await moved;
  }
}

function nextMove(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = store.onMove(() => {
    stop();
    resolve();
  });
  return promise;
}
