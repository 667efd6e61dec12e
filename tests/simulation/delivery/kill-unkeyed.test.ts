/**
 * Killed while it sends to a carrier that acts on every call, whatever its key: receipts that
 * carry our key tell what was done, and nobody is written to twice.
 */
import { expect, test } from "vitest";
import { runKills } from "./kill-run.ts";

const timeout = 300_000;

test(
  "a carrier without keys writes to everybody once: receipts resolve doubt, and silence is sent again after the window",
  { timeout },
  async () => {
    const people = 1_500;
    const outcome = await runKills({ people, kills: 6, unkeyed: "resend" });
    expect(outcome).toMatchObject({
      phase: "completed",
      killsWhileSending: 6,
      lost: 0,
      unknown: 0,
      twice: 0,
      drift: 0,
      conflicts: 0,
      exported: people,
      doctor: expect.stringContaining("ok"),
    });
    expect(outcome.risked).toBeGreaterThan(0);
  },
);

test(
  "held, what is in doubt is never sent again, and is shown as not confirmed",
  { timeout },
  async () => {
    const people = 600;
    const outcome = await runKills({ people, kills: 3, unkeyed: "hold" });
    expect(outcome).toMatchObject({
      phase: "completed",
      lost: 0,
      twice: 0,
      drift: 0,
      risked: 0,
      repeats: 0,
      exported: people,
      doctor: expect.stringContaining("ok"),
    });
    // Every 173rd call fails without having acted: nobody can tell it from one that did.
    expect(outcome.unknown).toBeGreaterThan(0);
  },
);
