import { expect, test } from "vitest";
import { seedsPerFile, walk } from "./seeds.ts";
import { simulateDelivery } from "./simulate.ts";

// The other half is in engine-more.test.ts, so that two cores share them.
test("seeds from 1 on lose nobody and repeat nothing", { timeout: 900_000 }, async () => {
  const { violation, calls, crashes } = await walk(1, seedsPerFile);
  expect(violation).toBeNull();
  expect(calls).toBeGreaterThan(seedsPerFile * 10);
  expect(crashes).toBeGreaterThan(seedsPerFile);
  console.log(`${calls} calls, ${crashes} power cuts`);
});

test("the same seed walks the same way", async () => {
  const first = await simulateDelivery({ seed: 7 });
  expect(first.calls).toBeGreaterThan(0);
  expect(await simulateDelivery({ seed: 7 })).toEqual(first);
});
