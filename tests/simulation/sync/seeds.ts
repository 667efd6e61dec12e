// Some seeds in a row for a test. The files of seeds are several, so that two cores share them.
import { simulateSync } from "./simulate.ts";

/** In each of the four files: `npm test` walks 2,000. */
export const seedsPerFile = 500;

/**
 * Seeds that once found a mistake in the product, walked before all others. What a seed does
 * changes with the simulation, so each mistake has a test of its own as well: here, in words.
 */
export const regressions: readonly { readonly seed: number; readonly found: string }[] = [
  { seed: 172, found: "a push that was answered before the first page forgot its epoch" },
  { seed: 139, found: "what was sent was cleared away before a restored server was asked" },
  { seed: 511, found: "what was sent was cleared away before a restored server was heard" },
  { seed: 1585, found: "a restored server that knew a copy's commands was not asked about ours" },
  { seed: 729, found: "the same, where the copy had said fewer than we" },
  { seed: 1355, found: "the same, where the copy had said as many as we" },
  { seed: 3090, found: "after a reset, an old page of a connection became the new beginning" },
  {
    seed: 3643,
    found: "a page that slept for weeks let what was sent go, before a restore was heard of",
  },
];

export interface Walked {
  /** The first broken promise, with how to see it again; null when all were kept. */
  readonly violation: string | null;
  readonly commands: number;
  readonly contested: number;
  readonly deaths: number;
}

export async function walk(seeds: Iterable<number>): Promise<Walked> {
  const sum = { commands: 0, contested: 0, deaths: 0 };
  for (const seed of seeds) {
    const { violation, commands, contested, deaths } = await simulateSync({ seed });
    sum.commands += commands;
    sum.contested += contested;
    sum.deaths += deaths;
    if (violation === null) continue;
    const again = `npm run simulate -- --only sync --seeds 1 --from ${seed} --trace`;
    return { ...sum, violation: `SEED=${seed}: ${violation}\nreplay: ${again}` };
  }
  return { ...sum, violation: null };
}

export function* seedsFrom(first: number, count: number = seedsPerFile): Iterable<number> {
  for (let seed = first; seed < first + count; seed++) yield seed;
}
