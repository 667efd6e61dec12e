import { expect, test } from "vitest";
import { isSnapshot, snapshotOfTotals } from "./snapshot.ts";

const told = {
  days: { first: "2026-09-01", last: null },
  parts: [
    { key: "email", n: 3 },
    { key: "sms", n: 2 },
  ],
};

test("totals have one name in whatever order they were put together", () => {
  const { days, parts } = told;
  const other = { parts: parts.toReversed(), days: { last: null, first: "2026-09-01" } };
  expect(snapshotOfTotals(other)).toBe(snapshotOfTotals({ days, parts }));
  expect(isSnapshot(snapshotOfTotals(told))).toBe(true);
});

test("another digit, another day, or a digit at another place is another name", () => {
  const names = [
    told,
    { ...told, days: { first: "2026-09-01", last: "2026-09-01" } },
    { ...told, parts: [told.parts[0]] },
    {
      ...told,
      parts: [
        { key: "email", n: 2 },
        { key: "sms", n: 3 },
      ],
    },
    { ...told, parts: [{ key: "email", n: 32 }, { key: "sms" }] },
  ].map(snapshotOfTotals);
  expect(new Set(names).size).toBe(names.length);
});
