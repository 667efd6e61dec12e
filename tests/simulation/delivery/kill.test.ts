/** The real server is killed forty times, and everybody is reached once and accounted for once. */
import { expect, test } from "vitest";
import { runKills } from "./kill-run.ts";

const people = 20_000;
const kills = 40;

test(
  "a server that is killed forty times while sending reaches everybody once",
  { timeout: 400_000 },
  async () => {
    const outcome = await runKills({ people, kills });
    expect(outcome).toMatchObject({
      phase: "completed",
      killsWhileSending: kills,
      lost: 0,
      twice: 0,
      drift: 0,
      conflicts: 0,
      exported: people,
      doctor: expect.stringContaining("ok"),
    });
  },
);
