import { expect, test } from "vitest";
import { readable } from "./tick-labels.ts";

const every = (px: number, labels: readonly string[]) =>
  labels.map((label, n) => ({ label, position: n * px }));
const at = (position: number, label: string) => ({ label, position });
const shown = (px: number, labels: readonly string[]) =>
  readable(every(px, labels), { from: -100, to: 1_000 }).map(({ label }) => label);

test("short labels all stay, long ones keep clear of each other", () => {
  const hours = ["4:00 PM", "4:15 PM", "4:30 PM", "4:45 PM"];
  expect(shown(80, hours)).toEqual(hours);
  const days = [11, 13, 15, 17].map((day) => `Nov ${day}, 2026, 12:00 AM`);
  expect(shown(80, days)).toEqual([days[0], days[2]]);
});

test("what reads the same is said once", () => {
  expect(shown(200, ["4:00 PM", "4:00 PM", "4:01 PM"])).toEqual(["4:00 PM", "4:01 PM"]);
});

test("no label runs past the axis, and none that is moved touches its neighbour", () => {
  const axis = { from: 0, to: 300 };
  const [first, last] = readable([at(0, "08:00:00"), at(300, "08:03:00")], axis);
  expect([first?.position, last?.position]).toEqual([26, 274]);
  expect(readable([at(220, "08:02:00"), at(300, "08:03:00")], axis)).toEqual([at(220, "08:02:00")]);
});
