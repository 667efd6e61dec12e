// `npm run crowd -- [--listeners N] [--drips M]`: so many devices listen while a campaign is sent by
// the real server, and so many clients of each kind read or write a byte a second. Prints what the
// others felt of it, and fails unless everybody was reached once, every listener was told of the last
// message, requests were answered soon, memory stayed, and who drips was cut off.
import { parseArgs } from "node:util";
import { runCrowd } from "./crowd/run.ts";

const { values } = parseArgs({
  options: {
    listeners: { type: "string", default: "5000" },
    drips: { type: "string", default: "100" },
    recipients: { type: "string", default: "10000" },
  },
});

const wanted = { crowdedMs: 250, toldAfterMs: 5_000, kbEachListener: 40, mbBesides: 150 };

const listeners = Number(values.listeners);
const outcome = await runCrowd({
  people: Number(values.recipients),
  perSecond: 500,
  listeners,
  drips: Number(values.drips),
  outlasts: true,
});
const { doctor, ...counts } = outcome;
console.table(counts);
console.log(doctor);
const { lost, twice, told, toldAfterMs, crowdedMs, grewMb, slowLeft } = outcome;
const isKept = lost + twice + slowLeft === 0 && told === listeners && doctor.includes("ok");
const isSoon = crowdedMs <= wanted.crowdedMs && toldAfterMs <= wanted.toldAfterMs;
const mostMb = wanted.mbBesides + (listeners * wanted.kbEachListener) / 1_024;
console.log(`wanted: at most ${wanted.crowdedMs} ms, ${Math.round(mostMb)} MB more`);
process.exitCode = isKept && isSoon && grewMb <= mostMb ? 0 : 1;
