import fc from "fast-check";
import { expect, test } from "vitest";
import { between, packStatic } from "./packed-part.ts";

const text = fc.oneof(fc.string(), fc.constantFrom("", between, `a${between}b`, "Zoë", "张三"));
const row = fc.record({ address: text, name: text });

test("a part says of each row what it was given, in order, but for the mark between two texts", () => {
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 40 }), fc.nat(9_999), (rows, first) => {
      const address = rows.map((each) => each.address);
      const name = rows.map((each) => each.name);
      const packed = packStatic({ first, address, name });
      expect(packed).toMatchObject({ part: "static", first, rows: rows.length });
      expect(packed.address.split(between)).toEqual(plain(address));
      expect(packed.name.split(between)).toEqual(plain(name));
    }),
  );
});

function plain(texts: readonly string[]): string[] {
  return texts.map((each) => each.replaceAll(between, ""));
}
