// `npm run simulate -- --seeds N [--from S] [--only PART] [--bug NAME]`: prints
// `seeds N, violations 0`, or the first failing seed with all that it decided and how to replay
// it; the exit status says the same.
import "fake-indexeddb/auto";
import { parseArgs } from "node:util";
import { simulateDelivery } from "./delivery/simulate.ts";
import { bugs as deliveryBugs } from "./delivery/violation.ts";
import { simulateSync } from "./sync/simulate.ts";
import { bugs } from "./sync/bugs.ts";

interface Part {
  readonly name: string;
  /** Answers the first broken promise, in words; null when all were kept. */
  readonly run: (seed: number) => Promise<string | null>;
}

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "200" },
    from: { type: "string", default: "1" },
    only: { type: "string" },
    bug: { type: "string" },
    trace: { type: "boolean", default: false },
  },
});

const bug = bugs.find((each) => each === values.bug) ?? null;
const deliveryBug = deliveryBugs.find((each) => each === values.bug) ?? null;

/** Every simulation takes each seed. */
const parts: readonly Part[] = [
  { name: "sync", run: runSync },
  { name: "delivery", run: runDelivery },
];

const from = Number(values.from);
const count = Number(values.seeds);
const chosen = parts.filter(({ name }) => values.only === undefined || name === values.only);
const isUsable = Number.isInteger(from) && Number.isInteger(count) && chosen.length > 0;
process.exitCode = isUsable ? await runAll() : complain();

async function runSync(seed: number): Promise<string | null> {
  const hear = values.trace ? { onStep: console.log } : {};
  return (await simulateSync({ seed, bug, ...hear })).violation;
}

async function runDelivery(seed: number): Promise<string | null> {
  const { violation, plan } = await simulateDelivery({ seed, bug: deliveryBug });
  return violation === null ? null : `${violation}\nits options: ${plan}`;
}

async function runAll(): Promise<number> {
  for (let seed = from; seed < from + count; seed++) {
    for (const { name, run } of chosen) {
      const violation = await run(seed);
      if (violation === null) continue;
      const options = `--only ${name}${values.bug === undefined ? "" : ` --bug ${values.bug}`}`;
      console.log(`SEED=${seed}, ${name}: ${violation}`);
      console.log(`replay: npm run simulate -- --seeds 1 --from ${seed} ${options}`);
      return 1;
    }
  }
  console.log(`seeds ${count}, violations 0`);
  return 0;
}

function complain(): number {
  const names = parts.map(({ name }) => name).join(", ");
  console.error(`--seeds and --from take whole numbers; --only takes one of: ${names}`);
  return 2;
}
