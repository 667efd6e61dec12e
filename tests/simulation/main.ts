// `npm run simulate -- --seeds N [--from S] [--bug NAME]`: prints `seeds N, violations 0`, or the
// first failing seed and how to replay it; the exit status says the same.
import "fake-indexeddb/auto";
import { parseArgs } from "node:util";
import { simulateSync } from "./sync/simulate.ts";
import { bugs } from "./sync/violation.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "200" },
    from: { type: "string", default: "1" },
    steps: { type: "string", default: "100" },
    bug: { type: "string" },
  },
});

const from = Number(values.from);
const until = from + Number(values.seeds);
const bug = bugs.find((each) => each === values.bug) ?? null;
const started = performance.now();
let commands = 0;
let contested = 0;
for (let seed = from; seed < until; seed++) {
  const done = await simulateSync({ seed, bug, steps: Number(values.steps) });
  commands += done.commands;
  contested += done.contested;
  if (done.violation !== null) {
    console.log(`seed ${seed}: ${done.violation}`);
    console.log(
      `replay: npm run simulate -- --seeds 1 --from ${seed}${bug === null ? "" : ` --bug ${bug}`}`,
    );
    process.exit(1);
  }
}
const seconds = ((performance.now() - started) / 1_000).toFixed(1);
console.log(`sync: ${commands} commands, ${contested} refused or merged, ${seconds} s`);
console.log(`seeds ${until - from}, violations 0`);
