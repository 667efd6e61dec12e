import { expect, test } from "vitest";
import { seedsPerFile, walk } from "./seeds.ts";
import { simulateDelivery } from "./simulate.ts";

// The other half is in engine-more.test.ts, so that two cores share them.
test("seeds from 1 on lose nobody and repeat nothing", { timeout: 900_000 }, async () => {
  const { violation, calls, crashes } = await walk(1, seedsPerFile);
  expect(violation).toBeNull();
  expect(calls).toBeGreaterThan(seedsPerFile * 10);
  expect(crashes).toBeGreaterThan(seedsPerFile);
});

test("the same seed walks the same way", async () => {
  const first = await walkDozen();
  expect(first.reduce((calls, each) => calls + each.calls, 0)).toBeGreaterThan(100);
  expect(await walkDozen()).toEqual(first);
});

async function walkDozen() {
  const walks: Awaited<ReturnType<typeof simulateDelivery>>[] = [];
  for (let seed = 1; seed <= 12; seed++) walks.push(await simulateDelivery({ seed }));
  return walks;
}
