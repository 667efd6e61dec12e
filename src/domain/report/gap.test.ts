import fc from "fast-check";
import { expect, test } from "vitest";
import { reasons } from "../message/reason.ts";
import { messageStates, noCounts } from "../message/state.ts";
import { gapRows } from "./gap.ts";

const states = fc
  .dictionary(fc.constantFrom(...messageStates), fc.nat(100))
  .map((part) => ({ ...noCounts, ...part }));

const reasonCounts = fc.array(
  fc.record({
    state: fc.constantFrom(...messageStates),
    reason: fc.constantFrom(...reasons),
    n: fc.integer({ min: 1, max: 150 }),
  }),
);

test("I-6 the gap is total minus delivered, whatever the counters say", () => {
  fc.assert(
    fc.property(states, reasonCounts, (counts, list) => {
      const total = Object.values(counts).reduce((a, b) => a + b, 0);
      const rows = gapRows({ states: counts, reasons: list });
      const explained = rows.reduce((sum, row) => sum + row.n, 0);
      expect(explained).toBe(total - counts.delivered - counts.read);
      for (const row of rows) expect(row.n).toBeGreaterThan(0);
    }),
  );
});

test("what has a reason is told apart from what has none", () => {
  const rows = gapRows({
    states: { ...noCounts, delivered: 90, failed: 7, queued: 3 },
    reasons: [{ state: "failed", reason: "invalid_address", n: 5 }],
  });
  expect(rows).toEqual([
    { state: "failed", reason: "invalid_address", n: 5 },
    { state: "queued", reason: "none", n: 3 },
    { state: "failed", reason: "none", n: 2 },
  ]);
});
