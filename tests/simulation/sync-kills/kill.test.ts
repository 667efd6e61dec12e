/** The real server is killed in the middle of pushes and pulls, and the apps of its devices with it. */
import { expect, test } from "vitest";
import { runSyncKills } from "./kill-run.ts";

const kills = 80;

test(
  "[S1] [S2] I2 I3: server and apps that are killed in the middle of sync lose nothing and do nothing twice",
  { timeout: 600_000 },
  async () => {
    const outcome = await runSyncKills({ kills, devices: 3, seed: 1 });
    expect(outcome).toMatchObject({ lost: 0, doubled: 0, cards: 0, unequal: 0 });
    expect(outcome.ofServer + outcome.ofApps).toBe(kills);
    expect(outcome.duringPush + outcome.duringPull).toBeGreaterThan(kills / 2);
    expect(outcome.commands).toBeGreaterThan(kills);
  },
);
