/**
 * D4: what a message costs as the campaign grows, and how much memory the engine needs.
 * Run: `npm run bench -- delivery`, or `node tests/bench/delivery/growth.ts [SIZE …]`.
 */
import { number, object, parse } from "valibot";
import { keep, median, runAsServer } from "../../support/bench.ts";

const Run = object({
  messages: number(),
  perSecond: number(),
  prepareMs: number(),
  cpuUsPerMessage: number(),
  peakRssMb: number(),
});

const asked = process.argv.slice(2).map(Number);
const sizes = asked.length > 0 ? asked : [10_000, 100_000, 1_000_000];
const rounds = 3;

const runs = [];
// What is compiled once is kept, as it is after the server's first start.
await runAsServer("tests/bench/delivery/runs/fieldcast.ts", "1000");
console.log("D4, medians of three rounds:");
for (const size of sizes) {
  const ofSize = [];
  for (let round = 0; round < rounds; round++) {
    const output = await runAsServer("tests/bench/delivery/runs/fieldcast.ts", String(size));
    ofSize.push(parse(Run, output));
  }
  runs.push(...ofSize);
  const speed = median(ofSize.map(({ perSecond }) => perSecond));
  const cpu = median(ofSize.map(({ cpuUsPerMessage }) => cpuUsPerMessage));
  const rss = Math.max(...ofSize.map(({ peakRssMb }) => peakRssMb));
  console.log(
    `  ${String(size).padStart(9)} messages: ${String(speed).padStart(7)}/s, ${cpu} us of CPU each, ${rss} MB at most`,
  );
}
keep("delivery", "growth", { runs });
