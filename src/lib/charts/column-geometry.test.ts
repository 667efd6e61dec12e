import fc from "fast-check";
import { expect, test } from "vitest";
import { columnGeometry } from "./column-geometry.ts";

const box = { width: 400, height: 200, top: 10, right: 10, bottom: 20, left: 40 };
const column = fc.record({
  label: fc.constant("Mon"),
  values: fc.array(fc.nat(1_000), { minLength: 2, maxLength: 2 }),
  ghost: fc.option(fc.nat(1_000)),
});

test("columns stand beside each other inside the box, and their parts on top of each other", () => {
  fc.assert(
    fc.property(fc.array(column, { maxLength: 90 }), (columns) => {
      const { columns: shapes } = columnGeometry(columns, box);
      let edge = box.left;
      for (const { x, width, parts } of shapes) {
        expect(x).toBeGreaterThanOrEqual(edge - 1e-6);
        edge = x + width;
        expect(edge).toBeLessThanOrEqual(box.width - box.right + 1e-6);
        let floor = box.height - box.bottom;
        for (const { y, height } of parts) {
          expect(y + height).toBeCloseTo(floor, 6);
          floor = y;
        }
        expect(floor).toBeGreaterThanOrEqual(box.top - 1e-6);
      }
    }),
  );
});

test("labels that would touch are left out, counts on the axis are whole", () => {
  const columns = Array.from({ length: 60 }, (_, n) => ({ label: `${n}`, values: [n], ghost: n }));
  const { labels, counts, ghost } = columnGeometry(columns, box);
  expect(labels.length).toBeLessThanOrEqual(6);
  expect(counts.every(({ value }) => Number.isInteger(value))).toBe(true);
  expect(ghost).toMatch(/^M/);
  expect(columnGeometry([], box)).toMatchObject({ columns: [], labels: [], ghost: "" });
});
