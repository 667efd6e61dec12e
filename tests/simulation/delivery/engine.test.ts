import { expect, test } from "vitest";
import { simulateDelivery } from "./simulate.ts";

const seeds = 200;

test(
  `${seeds} campaigns through power cuts and a carrier at its worst`,
  { timeout: 180_000 },
  async () => {
    let calls = 0;
    let crashes = 0;
    for (let seed = 1; seed <= seeds; seed++) {
      const done = await simulateDelivery(seed);
      expect(done.violation, `seed ${seed}`).toBeNull();
      calls += done.calls;
      crashes += done.crashes;
    }
    console.log(`${calls} calls, ${crashes} power cuts`);
  },
);
