// Everybody who listens, in a time of their own: see hub-run.ts.
import { afterEach, describe, expect, test, vi } from "vitest";
import { hubBugs, simulateHub, type HubBug } from "./hub-run.ts";

const timeout = 120_000;
const seeds = 40;

afterEach(() => {
  vi.useRealTimers();
});

describe("[S27] [S28] the live stream", () => {
  test(
    "keeps the pace, bounds what is under way, and lets nobody wait for another",
    { timeout },
    async () => {
      let frames = 0;
      for (let seed = 1; seed <= seeds; seed++) {
        const walked = await simulateHub({ seed });
        expect(walked.violation, `seed ${seed}`).toBeNull();
        frames += walked.frames;
      }
      expect(frames).toBeGreaterThan(seeds * 50);
    },
  );

  test.each(hubBugs)("the planted mistake %s is found", { timeout }, async (bug) => {
    expect(await firstViolation(bug, 1)).not.toBeNull();
  });
});

async function firstViolation(bug: HubBug, seed: number): Promise<string | null> {
  if (seed > 5) return null;
  const { violation } = await simulateHub({ seed, bug });
  return violation ?? firstViolation(bug, seed + 1);
}
