import fc from "fast-check";
import { expect, test } from "vitest";
import { phases } from "../campaign/lifecycle.ts";
import { reasons } from "../message/reason.ts";
import { messageStates, noCounts, type StateCounts } from "../message/state.ts";
import { ownWords, wordSystems, type OwnWords } from "./own-words.ts";

const row = fc.record({
  state: fc.constantFrom(...messageStates),
  reason: fc.constantFrom(...reasons),
  n: fc.integer({ min: 1, max: 1_000 }),
  each: fc.integer({ min: 1, max: 5 }),
});

const rows = fc.uniqueArray(row, {
  maxLength: 30,
  selector: ({ state, reason }) => `${state}/${reason}`,
});

function rollupOf(
  all: readonly { state: keyof StateCounts; reason: string; n: number; each: number }[],
) {
  const states: Record<keyof StateCounts, number> = { ...noCounts };
  const segments: Record<keyof StateCounts, number> = { ...noCounts };
  for (const { state, n, each } of all) {
    states[state] += n;
    segments[state] += n * each;
  }
  return { total: all.reduce((sum, { n }) => sum + n, 0), states, segments };
}

function value(words: OwnWords, key: string): number {
  return words.counts.find((each) => each.key === key)?.n ?? Number.NaN;
}

test("AMB-17 S4-07 each system's words add up as that system says, whatever the counts are", () => {
  fc.assert(
    fc.property(rows, fc.constantFrom(...phases), (all, phase) => {
      const told = all
        .filter(({ reason }) => reason !== "none")
        .map(({ each, ...rest }) => ({ ...rest, segments: rest.n * each }));
      const rollup = { ...rollupOf(all), reasons: told };
      for (const system of wordSystems) {
        const words = ownWords(system, { phase, schedule: null }, rollup);
        for (const { whole, parts } of words.sums) {
          const sum = parts.reduce((n, part) => n + value(words, part), 0);
          expect(sum, `${system} ${whole}`).toBe(value(words, whole));
        }
        for (const { n, meaning } of words.counts) {
          expect(n).toBeGreaterThanOrEqual(0);
          expect(meaning).not.toBe("");
        }
      }
    }),
    { numRuns: 500 },
  );
});

test("S2-27 S3-12 S0-21 S0-37 S0-38 the same campaign is Completed, Partial and Sent; one under way is In Progress and Set live", () => {
  const states = { ...noCounts, delivered: 3, failed: 1 };
  const rollup = { total: 4, states, segments: states, reasons: [] };
  const words = (system: (typeof wordSystems)[number], phase: "completed" | "active") =>
    ownWords(system, { phase, schedule: null }, rollup).states.map(({ word }) => word);
  expect(words("messangi", "completed")).toEqual(["Completed"]);
  expect(words("fiko", "completed")).toEqual(["Completed", "Partial"]);
  expect(words("voucherify", "completed")).toEqual(["Sent", "1"]);
  expect(words("messangi", "active")).toEqual(["In Progress"]);
  expect(words("voucherify", "active")).toEqual(["Set live", "1"]);
});
