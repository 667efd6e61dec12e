import { expect, test } from "vitest";
import { lineOf } from "../../../icons.config.ts";

test("an icon's shapes are one path", () => {
  const circle = lineOf([["circle", { cx: "12", cy: "10", r: "3" }]]);
  expect(circle).toBe("M9 10a3 3 0 1 0 6 0a3 3 0 1 0 -6 0z");
  const line = lineOf([["line", { x1: "19", x2: "19", y1: "8", y2: "14" }]]);
  expect(line).toBe("M19 8L19 14");
  const round = lineOf([["rect", { x: "3", y: "4", width: "18", height: "12", rx: "2" }]]);
  expect(round).toBe(
    "M5 4h14a2 2 0 0 1 2 2v8a2 2 0 0 1 -2 2h-14a2 2 0 0 1 -2 -2v-8a2 2 0 0 1 2 -2z",
  );
});

test("a path that begins relative to nothing begins where it stood, behind another, too", () => {
  const shapes = [
    ["path", { d: "M3 6h18" }],
    ["path", { d: "m21.73 18-8-14a2 2 0 0 0-3.48 0" }],
    ["path", { d: "m15 5 4 4" }],
  ] as const;
  expect(lineOf(shapes)).toBe("M3 6h18M21.73 18l-8-14a2 2 0 0 0-3.48 0M15 5l4 4");
});

test("a shape that no path is known for stops the build", () => {
  expect(() => lineOf([["text", {}]])).toThrow("No path is known for <text>");
});
