import fc from "fast-check";
import { expect, test } from "vitest";
import { firstTiles, movedTile, tileChoices, tileKeys, tileLabel } from "./tiles.ts";

const tiles = tileChoices.map(({ tile }) => tile).slice(0, 6);

test("a tile keeps its name wherever it moves, and no two have one", () => {
  const twice = [...firstTiles, ...firstTiles];
  expect(new Set(tileKeys(twice)).size).toBe(twice.length);
  expect(tileKeys(movedTile(firstTiles, 0, 2)).toSorted()).toEqual(
    [...tileKeys(firstTiles)].toSorted(),
  );
});

test("S2-05 a tile that moves takes its new place, and no other is lost", () => {
  expect(movedTile(tiles, 0, 2)).toEqual([tiles[1], tiles[2], tiles[0], ...tiles.slice(3)]);
  expect(movedTile(tiles, 1, -1)[0]).toEqual(tiles[1]);
  fc.assert(
    fc.property(fc.nat(8), fc.integer({ min: -2, max: 9 }), (from, to) => {
      const moved = movedTile(tiles, from, to);
      expect(moved.map(tileLabel).toSorted()).toEqual(tiles.map(tileLabel).toSorted());
    }),
  );
});

test("S2-09 each figure, course and breakdown can be put on a dashboard under its own name", () => {
  const labels = tileChoices.map(({ label }) => label);
  expect(new Set(labels).size).toBe(labels.length);
  expect(tileLabel({ kind: "figure", what: "luck", wide: false })).toBe(
    "A tile of a newer version",
  );
});
