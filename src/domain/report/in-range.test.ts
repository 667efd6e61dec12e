import { expect, test } from "vitest";
import { hasDataIn } from "./in-range.ts";

const campaign = {
  createdAt: 10,
  launchedAt: 30,
  startedAt: 31,
  submittedAt: null,
  completedAt: null,
};
const series = [
  { at: 30, entered: { delivered: 1 } },
  { at: 70, entered: { read: 1 } },
];

function found(from: number, to: number): boolean {
  return hasDataIn(campaign, { series }, { from, to });
}

test("S2-18 AMB-19 a campaign is in a range when it was made, sent or reported in it", () => {
  expect(found(10, 11)).toBe(true);
  expect(found(31, 32)).toBe(true);
  expect(found(70, 80)).toBe(true);
  expect(found(11, 30)).toBe(false);
  expect(found(40, 70)).toBe(false);
  expect(found(-Infinity, Infinity)).toBe(true);
});

test("a campaign that never went out is where it was made", () => {
  const draft = { ...campaign, launchedAt: null, startedAt: null };
  expect(hasDataIn(draft, null, { from: 10, to: 11 })).toBe(true);
  expect(hasDataIn(draft, null, { from: 11, to: 99 })).toBe(false);
});
