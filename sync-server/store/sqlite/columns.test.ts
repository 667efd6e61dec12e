import { serialize } from "node:v8";
import fc from "fast-check";
import { expect, test } from "vitest";
import { pack, unpack } from "./columns.ts";

const name = fc.constantFrom("a", "b", "c", "constructor", "__proto__x");
const leaf = fc.oneof(
  fc.integer(),
  fc.string(),
  fc.boolean(),
  fc.constant(null),
  fc.constant(undefined),
  fc.uint8Array({ maxLength: 3 }),
  fc.array(fc.integer(), { maxLength: 3 }),
);
const row = fc.oneof(
  fc.record({ n: fc.integer(), s: fc.constantFrom("same", "other"), in: fc.record({ x: leaf }) }),
  fc.record({ n: fc.integer(), more: fc.option(fc.record({ x: leaf })) }),
  fc.dictionary(name, leaf),
  leaf,
);

test("whatever is packed comes out as it was", () => {
  const lists = fc.array(row, { maxLength: 30 });
  const value = fc.oneof(
    leaf,
    lists,
    fc.record({
      list: lists,
      other: row,
      likes: fc.array(fc.record({ n: fc.integer(), k: fc.constant(7) }), {
        minLength: 8,
        maxLength: 20,
      }),
    }),
  );
  fc.assert(
    fc.property(value, (whole) => {
      expect(unpack(structuredClone(pack(whole)))).toEqual(structuredClone(whole));
    }),
    { numRuns: 1_000 },
  );
});

test("a list of like objects crosses as columns, and what is the same in all of them once", () => {
  const settlements = Array.from({ length: 100 }, (_, n) => ({ n, state: "sent", attempt: null }));
  const packed = pack({ distribution: 1, settlements });
  expect(packed).toMatchObject({
    t: "parts",
    rest: { distribution: 1 },
    lists: {
      settlements: {
        length: 100,
        columns: [{ t: "numbers" }, { t: "same", value: "sent" }, { t: "same", value: null }],
      },
    },
  });
  expect(serialize(packed).length).toBeLessThan(serialize(settlements).length / 3);
});
