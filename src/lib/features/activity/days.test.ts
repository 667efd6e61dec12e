import { expect, test } from "vitest";
import { byDay } from "./days.ts";

const now = new Date(2026, 10, 21, 15, 30).getTime();
const day = (date: number) => new Date(2026, 10, date).getTime();

test("events are grouped by their day, newest first as they came", () => {
  const groups = byDay([{ at: now }, { at: day(21) }, { at: day(20) + 5 }]);
  expect(groups.map((group) => [group.day, group.entries.length])).toEqual([
    [day(21), 2],
    [day(20), 1],
  ]);
});
