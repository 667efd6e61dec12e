import "fake-indexeddb/auto";
import { expect, test } from "vitest";
import { seedsFrom, seedsPerFile, walk } from "./seeds.ts";

test("[S1] seeds from 1 on keep every promise", { timeout: 900_000 }, async () => {
  const { violation, commands, contested, deaths } = await walk(seedsFrom(1));
  expect(violation).toBeNull();
  expect(commands).toBeGreaterThan(seedsPerFile * 10);
  expect(contested).toBeGreaterThan(seedsPerFile / 4);
  expect(deaths).toBeGreaterThan(seedsPerFile / 4);
});
