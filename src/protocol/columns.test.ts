import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromColumns, toColumns, type Columns } from "./columns.ts";

const travelled = (values: readonly unknown[]): readonly unknown[] => {
  const columns: Columns = JSON.parse(JSON.stringify(toColumns(values)));
  return fromColumns(columns);
};

describe("[S53] lists by column", () => {
  test("any list of JSON values comes back as it was, in its order of keys", () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue({ maxDepth: 4 }), { maxLength: 12 }), (some) => {
        const values: readonly unknown[] = JSON.parse(JSON.stringify(some));
        expect(JSON.stringify(travelled(values))).toBe(JSON.stringify(values));
      }),
      { numRuns: 2_000 },
    );
  });

  test("and so do rows that are much alike", () => {
    const point = fc.record({
      at: fc.integer(),
      entered: fc.dictionary(fc.constantFrom("a", "b"), fc.nat()),
    });
    const doc = fc.record(
      {
        id: fc.uuid(),
        phase: fc.constantFrom("pending", "completed", null),
        total: fc.option(fc.maxSafeInteger()),
        series: fc.array(point),
        __proto__: fc.option(fc.nat()),
        empty: fc.constant({}),
      },
      { requiredKeys: ["id"] },
    );
    fc.assert(
      fc.property(fc.array(doc, { minLength: 4, maxLength: 30 }), (some) => {
        const values: readonly unknown[] = JSON.parse(JSON.stringify(some));
        expect(JSON.stringify(travelled(values))).toBe(JSON.stringify(values));
      }),
      { numRuns: 500 },
    );
  });

  const forms: readonly [name: string, values: readonly unknown[], columns: Columns][] = [
    ["what is alike is said once", ["a", "a", "a", "a"], { same: "a", n: 4 }],
    ["what rises, by how much", [9_000, 9_001, 9_002, 9_004, 9_005], { more: [9_000, 1, 1, 2, 1] }],
    ["what goes up and down, as it is", [1, 900, 2, 800], [1, 900, 2, 800]],
    ["few, as they are", [{ a: 1 }, { a: 2 }], [{ a: 1 }, { a: 2 }]],
    [
      "objects by key",
      [{ a: 1 }, { a: 2 }, { a: 9 }, {}],
      { of: [0, 0, 0, 1], shapes: [[["a"], [1, 2, 9]], [[]]] },
    ],
    [
      "lists in one",
      [["x"], [], ["y"], ["z", "x"]],
      { len: [1, 0, 1, 2], all: ["x", "y", "z", "x"] },
    ],
  ];

  test.each(forms)("%s", (_, values, columns) => {
    expect(toColumns(values)).toEqual(columns);
    expect(fromColumns(columns)).toEqual(values);
  });

  test.each([
    ["nothing", null],
    ["an object of something else", { a: 1 }],
    ["lengths that do not agree", { len: [1, 2], all: [1] }],
    ["a length below none", { len: [-1, 1], all: [] }],
    ["a shape that is not there", { of: [1], shapes: [[["a"], [1]]] }],
    ["columns of unlike length", { of: [0], shapes: [[["a", "b"], [1], []]] }],
    ["a shape without its columns", { of: [0], shapes: [[["a", "b"], [1]]] }],
    ["more values than are chosen", { of: [], shapes: [[["a"], [1]]] }],
    ["an endless list", { same: 1, n: 1e15 }],
    [
      "an endless list of lists",
      { len: { same: 2_000_000, n: 2 }, all: { same: 0, n: 4_000_000 } },
    ],
  ])("refused: %s", (_, columns) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what a stranger may send
    expect(() => fromColumns(columns as unknown as Columns)).toThrow(RangeError);
  });

  test("fuzz: whatever comes instead is read or refused, and never more than a page", () => {
    const key = fc.constantFrom("same", "n", "more", "len", "all", "of", "shapes", "x");
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 5 },
        fc.nat(5),
        fc.array(tie("tree"), { maxLength: 4 }),
        fc.dictionary(key, tie("tree"), { maxKeys: 3 }),
      ),
    }));
    fc.assert(
      fc.property(tree, (columns) => {
        try {
          // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what a stranger may send
          expect(Array.isArray(fromColumns(columns as unknown as Columns))).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
      { numRuns: 5_000 },
    );
  });
});
