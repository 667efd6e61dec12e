import { expect, test } from "vitest";
import { noCounts } from "../message/state.ts";
import { isSnapshot, snapshotOf } from "./snapshot.ts";

const report = {
  id: "00000000-0000-7000-8000-0000000000c1",
  total: 5,
  states: { ...noCounts, delivered: 3, failed: 2 },
  segments: { ...noCounts, delivered: 3, failed: 2 },
  reasons: [
    { state: "failed", reason: "unreachable", n: 1 },
    { state: "failed", reason: "unknown_recipient", n: 1 },
  ],
  marks: { recovered: 1 },
} as const;

test("the same digits have the same name, whoever counted them and in whatever order", () => {
  const other = {
    ...report,
    at: 7,
    rate: 3,
    reasons: report.reasons.toReversed(),
    marks: { recovered: 1, resent: 0 },
    cost: null,
  };
  expect(snapshotOf(other)).toBe(snapshotOf(report));
  expect(isSnapshot(snapshotOf(report))).toBe(true);
});

test("one digit more, another campaign or another sum of money is another name", () => {
  const names = [
    report,
    { ...report, id: "00000000-0000-7000-8000-0000000000c2" },
    { ...report, states: { ...report.states, delivered: 2, read: 1 } },
    { ...report, segments: { ...report.segments, delivered: 4 } },
    { ...report, reasons: [] },
    { ...report, marks: { recovered: 2 } },
    { ...report, cost: { currency: "EUR", amount: 0.3, units: 3 } },
    { ...report, codes: { published: 3, redeemed: 1, poolRedeemed: 1 } },
  ].map(snapshotOf);
  expect(new Set(names).size).toBe(names.length);
});

test("what cannot be one is told apart", () => {
  for (const text of ["", "3f2a-90bc-17de-550", "3f2a90bc17de5501", "3F2A-90BC-17DE-5501"]) {
    expect(isSnapshot(text)).toBe(false);
  }
});
