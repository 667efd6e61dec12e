import { expect, test } from "vitest";
import { seedsPerFile, walk } from "./seeds.ts";

test("seeds from 1001 on lose nobody and repeat nothing", { timeout: 900_000 }, async () => {
  const { violation, calls, crashes } = await walk(1_001, seedsPerFile);
  expect(violation).toBeNull();
  expect(calls).toBeGreaterThan(seedsPerFile * 10);
  expect(crashes).toBeGreaterThan(seedsPerFile);
});
