/** Many devices listen, and others are as slow as can be, while a campaign goes out. */
import { expect, test } from "vitest";
import { runCrowd } from "./run.ts";

test(
  "clients that read or write a byte a second keep nobody waiting, and a crowd hears of the last message",
  { timeout: 120_000 },
  async () => {
    const listeners = 300;
    const plan = { people: 1_500, perSecond: 300, drips: 30, outlasts: false };
    const outcome = await runCrowd({ ...plan, listeners });
    expect(outcome).toMatchObject({
      lost: 0,
      twice: 0,
      told: listeners,
      doctor: expect.stringContaining("ok"),
    });
    // Wide, as they may have met a busy machine.
    expect(outcome.crowdedMs).toBeLessThan(3_000);
    expect(outcome.toldAfterMs).toBeLessThan(10_000);
    expect(outcome.grewMb).toBeLessThan(150);
  },
);
