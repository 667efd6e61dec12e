import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { areaGeometry, nearest, paintedBands, placesOf } from "./area-geometry.ts";
import { barLengths, stackedBar } from "./bar-geometry.ts";
import { pointAfter } from "./keys.ts";
import { sparkGeometry } from "./spark-geometry.ts";
import { spread } from "./spread.ts";

const box = { width: 600, height: 200, top: 10, right: 100, bottom: 30, left: 40 };
const counts = { delivered: 5, unconfirmed: 3, failed: 1, skipped: 0, toGo: 1 };
const start = { ...counts, delivered: 0, unconfirmed: 0, failed: 0, toGo: 10 };

describe("the area over time", () => {
  const geometry = areaGeometry(
    [
      { at: 0, bands: start },
      { at: 60_000, bands: counts },
    ],
    box,
  );

  test("it spans the box from the first to the last moment", () => {
    expect(geometry.xs).toEqual([40, 500]);
    expect(geometry.layers.map((layer) => layer.band)).toEqual(paintedBands);
  });

  test("a band that ends empty has no label, the others have their own", () => {
    const labels = Object.fromEntries(geometry.layers.map((layer) => [layer.band, layer.labelY]));
    expect(labels["skipped"]).toBeNull();
    expect(labels["delivered"]).toBeGreaterThan(labels["unconfirmed"] ?? Infinity);
  });

  test("counts on the axis are whole", () => {
    for (const { value } of geometry.counts) expect(Number.isInteger(value)).toBe(true);
  });

  test("no points draw nothing and break nothing", () => {
    expect(areaGeometry([], box).layers.every((layer) => layer.area === "")).toBe(true);
    expect(nearest([], 3)).toBe(0);
  });

  test("the nearest point is found on both sides", () => {
    expect(nearest([0, 10, 20], 14)).toBe(1);
    expect(nearest([0, 10, 20], 16)).toBe(2);
    expect(nearest([0, 10, 20], 900)).toBe(2);
  });
});

describe("labels", () => {
  test("labels that would cover each other move apart and stay inside", () => {
    expect(spread([10, 12, null, 100], 20, { from: 0, to: 100 })).toEqual([10, 30, null, 100]);
    expect(spread([95, 96], 20, { from: 0, to: 100 })).toEqual([80, 100]);
  });
});

describe("bars", () => {
  test("the segments of a bar fill it exactly, and none is too thin to see", () => {
    const nat = fc.nat(1_000_000);
    const any = fc.record({
      delivered: nat,
      unconfirmed: nat,
      failed: nat,
      skipped: nat,
      toGo: nat,
    });
    fc.assert(
      fc.property(any, (given) => {
        const bar = stackedBar(given);
        if (bar.length === 0) return;
        expect(bar.reduce((sum, part) => sum + part.width, 0)).toBeCloseTo(100, 6);
        for (const part of bar) expect(part.width).toBeGreaterThan(0.7);
      }),
    );
  });

  test("nobody makes no bar", () => {
    expect(stackedBar({ delivered: 0, unconfirmed: 0, failed: 0, skipped: 0, toGo: 0 })).toEqual(
      [],
    );
  });

  test("bars of a list are measured by the longest", () => {
    expect(barLengths([50, 100, 0])).toEqual([50, 100, 0]);
    expect(barLengths([])).toEqual([]);
    expect(barLengths([0])).toEqual([0]);
  });
});

describe("sparklines", () => {
  const size = { width: 50, height: 20 };

  test("one value is a level line, none draws nothing", () => {
    expect(sparkGeometry([5], size).line).toBe("M1,1L49,1");
    expect(sparkGeometry([], size).line).toBe("");
  });

  test("the largest value touches the top, zero the floor", () => {
    expect(sparkGeometry([0, 10, 5], size).line).toBe("M1,19L25,1L49,10");
    expect(sparkGeometry([0, 0], size).line).toBe("M1,19L49,19");
  });
});

describe("keys", () => {
  test("arrows step, pages jump, and no key leaves the chart", () => {
    expect(pointAfter("ArrowRight", 3, 40)).toBe(4);
    expect(pointAfter("PageDown", 30, 40)).toBe(26);
    expect(pointAfter("Home", 30, 40)).toBe(0);
    expect(pointAfter("End", 3, 40)).toBe(40);
    expect(pointAfter("ArrowRight", 40, 40)).toBe(40);
  });

  test("other keys are left to the page", () => {
    expect(pointAfter("Tab", 3, 40)).toBeNull();
  });
});

test("remarks stand at their moment; one outside of the chart keeps its number and is left out", () => {
  const nothing = { delivered: 0, unconfirmed: 0, failed: 0, skipped: 0, toGo: 1 };
  const points = [100, 200].map((at) => ({ at, bands: nothing }));
  const small = { width: 140, height: 100, top: 0, right: 20, bottom: 0, left: 20 };
  const marks = [50, 100, 175].map((at) => ({ at, text: `at ${at}` }));
  expect(placesOf(marks, points, small).map(({ n, position }) => [n, position])).toEqual([
    [2, 20],
    [3, 95],
  ]);
});
