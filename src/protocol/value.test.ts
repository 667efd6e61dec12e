// Columns of thousands say of everything what a list of the same says.
import fc from "fast-check";
import * as v from "valibot";
import { expect, test } from "vitest";
import { count, counts, instant, instants, texts } from "./value.ts";

const mixed = fc.array(
  fc.oneof(fc.integer(), fc.double(), fc.string(), fc.constantFrom(null, undefined, NaN, -0, [])),
);
const values = fc.oneof(
  mixed,
  fc.array(fc.nat()),
  fc.array(fc.string()),
  fc.anything(),
) satisfies fc.Arbitrary<unknown>;

function said(schema: v.GenericSchema, value: unknown): unknown {
  const { success, output, issues } = v.safeParse(v.object({ of: schema }), { of: value });
  return { success, output, issues };
}

test.each([
  ["counts", counts, v.array(count)],
  ["instants", instants, v.array(instant)],
  ["texts", texts, v.array(v.string())],
])("%s take what a list takes, and say what is wrong as it does", (_, column, list) => {
  fc.assert(
    fc.property(values, (value) => {
      expect(said(column, value)).toEqual(said(list, value));
    }),
  );
});
