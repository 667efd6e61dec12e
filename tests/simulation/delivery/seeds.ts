/** Some seeds in a row for a test: the first broken promise with its plan and how to repeat it. */
import { replayOf, simulateDelivery } from "./simulate.ts";

/** Of each of the two files of seeds. */
export const seedsPerFile = 1_000;

export interface Walked {
  readonly violation: string | null;
  readonly calls: number;
  readonly crashes: number;
}

export async function walk(from: number, count: number): Promise<Walked> {
  let calls = 0;
  let crashes = 0;
  for (let seed = from; seed < from + count; seed++) {
    const done = await simulateDelivery({ seed });
    calls += done.calls;
    crashes += done.crashes;
    if (done.violation === null) continue;
    const words = [`seed ${seed}: ${done.violation}`, done.plan, replayOf({ seed })];
    return { violation: words.join("\n"), calls, crashes };
  }
  return { violation: null, calls, crashes };
}
