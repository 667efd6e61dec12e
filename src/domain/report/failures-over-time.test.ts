import { expect, test } from "vitest";
import { failuresOverTime } from "./failures-over-time.ts";

test("S0-11 S0-13 each span has its failures and recoveries, and the empty ones between are there", () => {
  const series = [
    { at: 0, entered: { submitted: 9, failed: 1 } },
    { at: 20, entered: { undelivered: 2, delivered: 5 } },
    { at: 30, entered: { delivered: 2 }, marked: { recovered: 2 } },
  ];
  expect(failuresOverTime({ series, spanMs: 10 })).toEqual([
    { at: 0, failed: 1, recovered: 0 },
    { at: 10, failed: 0, recovered: 0 },
    { at: 20, failed: 2, recovered: 0 },
    { at: 30, failed: 0, recovered: 2 },
  ]);
});

test("S0-11 what people do with what arrived does not stretch it", () => {
  const series = [
    { at: 0, entered: { submitted: 9, failed: 1 } },
    { at: 10, entered: { delivered: 5 } },
    { at: 90, entered: { read: 2 } },
    { at: 900, entered: {}, marked: { clicked: 2 } },
  ];
  expect(failuresOverTime({ series, spanMs: 10 }).map(({ at }) => at)).toEqual([0, 10]);
});

test("S0-11 nothing is charted where nothing failed", () => {
  expect(failuresOverTime({ series: [{ at: 0, entered: { delivered: 3 } }], spanMs: 10 })).toEqual(
    [],
  );
});
