import { expect, test } from "vitest";
import { dayMs, hourMs, minuteMs } from "../core/time.ts";
import { weekHours } from "./hours.ts";

/** Clocks of a zone two hours east of Greenwich; the first of January 1970 was a Thursday. */
const east = (at: number) => {
  const hours = Math.floor(at / hourMs) + 2;
  return { weekday: (3 + Math.floor(hours / 24)) % 7, hour: hours % 24 };
};

const series = [
  { at: 10 * hourMs, entered: { delivered: 5 } },
  { at: 10 * hourMs + 30 * minuteMs, entered: { delivered: 2, read: 1 } },
  { at: 23 * hourMs, entered: { read: 4 } },
  { at: 7 * dayMs + 10 * hourMs, entered: { delivered: 1 } },
];

test("each count stands at the weekday and the hour that clocks of the zone showed", () => {
  const { cells, total } = weekHours([{ series, spanMs: minuteMs }], "delivered", east);
  expect(cells[3]?.[12]).toBe(8);
  expect(total).toBe(8);
  const opened = weekHours([{ series, spanMs: minuteMs }], "opened", east);
  expect(opened.cells[4]?.[1]).toBe(4);
  expect(opened.cells.flat().reduce((sum, n) => sum + n, 0)).toBe(opened.total);
});

test("what is kept by the day tells no hour, and says so", () => {
  const found = weekHours([{ series, spanMs: dayMs }], "delivered", east);
  expect(found).toMatchObject({ total: 0, unknown: 8 });
});
