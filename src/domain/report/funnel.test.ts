import fc from "fast-check";
import { expect, test } from "vitest";
import { noClicks } from "../engagement/link-report.ts";
import { reasons } from "../message/reason.ts";
import { messageStates, noCounts, type StateCounts } from "../message/state.ts";
import { funnelOf } from "./funnel.ts";

const row = fc.record({
  state: fc.constantFrom(...messageStates),
  reason: fc.constantFrom(...reasons.filter((reason) => reason !== "none")),
  n: fc.integer({ min: 1, max: 1_000 }),
  isTold: fc.boolean(),
});

test("every step is what the one before it has, less a gap whose rows add up to it", () => {
  const rows = fc.uniqueArray(row, { selector: ({ state, reason }) => `${state}/${reason}` });
  fc.assert(
    fc.property(rows, (all) => {
      const states: Record<keyof StateCounts, number> = { ...noCounts };
      for (const { state, n } of all) states[state] += n;
      const total = all.reduce((sum, { n }) => sum + n, 0);
      const told = all.filter(({ isTold }) => isTold);
      const stages = funnelOf({ total, states, reasons: told });
      const byStep = new Map(stages.map((stage) => [stage.step, stage.n]));
      expect(byStep.get("delivered")).toBe(states.delivered + states.read);
      for (const stage of stages.slice(1)) {
        expect(stage.n).toBe((byStep.get(stage.from ?? "total") ?? 0) - stage.gap);
        expect(stage.losses.reduce((sum, { n }) => sum + n, 0)).toBe(stage.gap);
        expect(stage.unconfirmed).toBeLessThanOrEqual(stage.gap);
      }
    }),
    { numRuns: 500 },
  );
});

test("what no receipt tells of is apart from what is lost", () => {
  const states = {
    ...noCounts,
    delivered: 7,
    unconfirmed: 2,
    undelivered: 1,
    failed: 3,
    queued: 4,
  };
  const reasonsOf = [{ state: "failed", reason: "invalid_address", n: 3 }] as const;
  const [, submitted, delivered, ...more] = funnelOf({ total: 17, states, reasons: reasonsOf });
  expect(submitted).toMatchObject({ step: "submitted", n: 10, gap: 7, unconfirmed: 0 });
  expect(submitted?.losses).toEqual([
    { state: "queued", reason: "none", n: 4, band: "toGo" },
    { state: "failed", reason: "invalid_address", n: 3, band: "failed" },
  ]);
  expect(delivered).toMatchObject({ step: "delivered", n: 7, gap: 3, unconfirmed: 2 });
  expect(more).toEqual([]);
});

test("who clicks without being seen opening makes no step larger than what arrived", () => {
  const states = { ...noCounts, delivered: 8, read: 2 };
  const codes = { published: 10, redeemed: 1, poolRedeemed: 1 };
  const people = { clicks: 7, recipients: 5 };
  const shares = { devices: [], systems: [], countries: [] };
  const links = { links: [], person: people, scanner: noClicks, ...shares };
  const source = { total: 10, states, reasons: [], codes, links, marks: { clicked: 5 } };
  const stages = funnelOf(source);
  expect(stages.map(({ step, n, gap }) => [step, n, gap])).toEqual([
    ["total", 10, 0],
    ["submitted", 10, 0],
    ["delivered", 10, 0],
    ["opened", 2, 8],
    ["clicked", 5, 5],
    ["redeemed", 1, 9],
  ]);
});
