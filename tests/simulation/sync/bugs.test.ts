// The simulation in `npm test`: every seed keeps the promises of SPEC.md, and a simulation that
// no planted mistake could make fail would prove nothing.
import "fake-indexeddb/auto";
import { describe, expect, test } from "vitest";
import { simulateSync, type SyncOutcome } from "./simulate.ts";
import { bugs, type Bug } from "./violation.ts";

const timeoutMs = 300_000;

/** Within how many seeds each mistake must be found. */
const budgets: Readonly<Record<Bug, number>> = {
  "drop-overlay-on-ack": 5,
  "no-dedup": 20,
  "verdict-apart": 20,
  "accept-holes": 60,
  "apply-mid-page": 5,
};

describe("[S1] 200 seeds of loss, repeats, disorder, crashes and restores", () => {
  test.each([1, 51, 101, 151])(
    "seeds from %i on, fifty of them, keep every promise",
    async (from) => {
      const done = await runSeeds(from, 50);
      expect(done.filter(({ violation }) => violation !== null)).toEqual([]);
      const commands = done.reduce((sum, each) => sum + each.commands, 0);
      const contested = done.reduce((sum, each) => sum + each.contested, 0);
      expect(commands).toBeGreaterThan(500);
      expect(contested).toBeGreaterThan(20);
    },
    timeoutMs,
  );

  test("the same seed walks the same way", async () => {
    expect(await simulateSync({ seed: 7 })).toEqual(await simulateSync({ seed: 7 }));
  });
});

describe("planted mistakes", () => {
  test.each(bugs)(
    "%s is found",
    async (bug) => {
      const found = await firstViolation(bug, 1);
      expect(found).not.toBeNull();
    },
    timeoutMs,
  );
});

async function runSeeds(from: number, n: number): Promise<readonly SyncOutcome[]> {
  if (n === 0) return [];
  const first = await simulateSync({ seed: from });
  return [first, ...(await runSeeds(from + 1, n - 1))];
}

async function firstViolation(bug: Bug, seed: number): Promise<string | null> {
  if (seed > budgets[bug]) return null;
  const { violation } = await simulateSync({ seed, bug });
  return violation ?? firstViolation(bug, seed + 1);
}
