import { expect, test } from "vitest";
import { cellAfter, heatCells } from "./heat-geometry.ts";

test("cells fill the width beside the names, the most is the strongest, one is seen", () => {
  const cells = heatCells([[0, 1, 100, 50]], { width: 140, left: 40, rowHeight: 20 });
  expect(cells.map(({ x, width, level }) => [x, width, level])).toEqual([
    [40, 23, 0],
    [65, 23, 1],
    [90, 23, 4],
    [115, 23, 2],
  ]);
  expect(heatCells([[0, 0]], { width: 100, left: 0, rowHeight: 20 })[0]?.level).toBe(0);
});

test("arrow keys walk the grid and stop at its edges", () => {
  const size = { rows: 7, columns: 24 };
  expect(cellAfter("ArrowRight", 0, size)).toBe(1);
  expect(cellAfter("ArrowDown", 1, size)).toBe(25);
  expect(cellAfter("ArrowUp", 1, size)).toBe(1);
  expect(cellAfter("End", 25, size)).toBe(47);
  expect(cellAfter("Home", 47, size)).toBe(24);
  expect(cellAfter("ArrowRight", 167, size)).toBe(167);
  expect(cellAfter("a", 3, size)).toBeNull();
});
