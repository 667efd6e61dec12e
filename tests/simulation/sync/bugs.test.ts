// A simulation that no planted mistake could make fail would prove nothing.
import "fake-indexeddb/auto";
import { expect, test } from "vitest";
import { bugs, type Bug } from "./bugs.ts";
import { regressions, walk } from "./seeds.ts";
import { simulateFollowing } from "./followers.ts";
import { simulateOrders } from "./orders.ts";
import { simulateSync } from "./simulate.ts";

const timeout = 300_000;

/** Within how many seeds each mistake must be found. */
const budgets: Readonly<Record<Bug, number>> = {
  "cursor-from-a-sequence": 20,
  "no-dedup": 30,
  "accept-id-gaps": 120,
  "verdict-apart": 20,
  "drop-overlay-on-ack": 5,
  "accept-holes": 200,
  "apply-mid-page": 5,
  "reset-drops-outbox": 10,
  "no-floor-check": 200,
  "floor-livelock": 200,
  "last-writer-consent": 40,
  "another-persons-feed": 60,
  "last-writer": 40,
  "no-chain-id": 200,
  "acts-after-revocation": 200,
  "answers-the-revoked": 100,
  "rights-of-before": 40,
  "forgets-a-change": 40,
  "changes-for-everybody": 40,
};

/** In whole worlds these are too seldom: found in the order of answers alone, or by who follows. */
const elsewhere: Readonly<Partial<Record<Bug, typeof simulateOrders>>> = {
  "no-chain-id": simulateOrders,
  "forgets-a-change": simulateFollowing,
};

test.each(bugs)("the planted mistake %s is found", { timeout }, async (bug) => {
  expect(await firstViolation(bug, 1)).not.toBeNull();
});

test(
  "[S18] [S19] in whatever order answers come, what is shown is what the server had",
  { timeout },
  async () => {
    for (let seed = 1; seed <= 40; seed++) {
      expect(await simulateOrders(seed, null), `seed ${seed}`).toBeNull();
    }
  },
);

test(
  "[S51] who follows counters over a connection that lasts is shown what the server had",
  { timeout },
  async () => {
    for (let seed = 1; seed <= 60; seed++) {
      expect(await simulateFollowing(seed, null), `seed ${seed}`).toBeNull();
    }
  },
);

test("seeds that once found a mistake keep every promise", { timeout }, async () => {
  expect((await walk(regressions.map(({ seed }) => seed))).violation).toBeNull();
});

test("the same seed walks the same way", { timeout }, async () => {
  const first = await walked(7);
  expect(first.length).toBe(101);
  expect(await walked(7)).toEqual(first);
});

async function walked(seed: number): Promise<readonly string[]> {
  const steps: string[] = [];
  const { violation } = await simulateSync({ seed, onStep: (what) => steps.push(what) });
  return [...steps, violation ?? "every promise kept"];
}

async function firstViolation(bug: Bug, seed: number): Promise<string | null> {
  if (seed > budgets[bug]) return null;
  const alone = elsewhere[bug];
  const violation =
    alone === undefined ? (await simulateSync({ seed, bug })).violation : await alone(seed, bug);
  return violation ?? firstViolation(bug, seed + 1);
}
