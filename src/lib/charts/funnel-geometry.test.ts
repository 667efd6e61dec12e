import { expect, test } from "vitest";
import { funnelBars } from "./funnel-geometry.ts";

test("each step is as wide as its part of the whole, with what may still come behind it", () => {
  const bars = funnelBars([
    { n: 200, unconfirmed: 0 },
    { n: 150, unconfirmed: 0 },
    { n: 100, unconfirmed: 40 },
  ]);
  expect(bars.map(({ width, pending }) => [width, pending])).toEqual([
    [100, 0],
    [75, 0],
    [50, 20],
  ]);
  expect(bars[0]?.way).toBe("");
  expect(bars[2]?.way).toBe("0,0 75,0 50,100 0,100");
});

test("one in a million can be seen, nobody cannot, and nothing is wider than the whole", () => {
  const bars = funnelBars([
    { n: 1_000_000, unconfirmed: 0 },
    { n: 1, unconfirmed: 0 },
    { n: 0, unconfirmed: 0 },
    { n: 2_000_000, unconfirmed: 5 },
  ]);
  expect(bars.map(({ width }) => width)).toEqual([100, 0.75, 0, 100]);
  expect(bars[3]?.pending).toBe(0);
  expect(funnelBars([{ n: 0, unconfirmed: 0 }])).toEqual([{ width: 0, pending: 0, way: "" }]);
});
