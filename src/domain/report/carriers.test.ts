import fc from "fast-check";
import { expect, test } from "vitest";
import { messageStates } from "../message/state.ts";
import { largestCarriers, sizeOf, sumCarriers } from "./carriers.ts";
import type { CarrierCounts } from "./rollup.ts";

const row = fc.record({
  country: fc.constantFrom("DE", "GB", "US", "FR", null),
  carrier: fc.constantFrom("O2", "Vodafone", "EE", "SFR", "Verizon", null),
  counts: fc.array(
    fc.record({
      state: fc.constantFrom(...messageStates),
      reason: fc.constantFrom("none" as const, "unreachable" as const),
      n: fc.nat(1_000),
      segments: fc.nat(3_000),
    }),
    { maxLength: 4 },
  ),
});

function sums(rows: readonly CarrierCounts[]): readonly number[] {
  return (["n", "segments"] as const).map((what) =>
    rows.reduce((sum, each) => sum + sizeOf(each, what), 0),
  );
}

test("I-6 whatever is folded into the rest, the sums stay, and the list stays short", () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 40 }), fc.integer({ min: 1, max: 6 }), (rows, most) => {
      const largest = largestCarriers(sumCarriers(rows), most);
      expect(sums(largest)).toEqual(sums(rows));
      expect(largest.length).toBeLessThanOrEqual(2 * most + 1);
    }),
  );
});

const counts = (n: number) => [{ state: "sent", reason: "none", n }] as const;

test("I-6 what is folded keeps its country, as long as few countries are", () => {
  const rows = [
    { country: "DE", carrier: "O2", counts: counts(9) },
    { country: "DE", carrier: "Vodafone", counts: counts(2) },
    { country: "DE", carrier: null, counts: counts(1) },
    { country: "GB", carrier: "EE", counts: counts(4) },
    { country: "FR", carrier: "SFR", counts: counts(1) },
  ];
  expect(largestCarriers(rows, 2)).toEqual([
    { country: "DE", carrier: "O2", counts: counts(9) },
    { country: "GB", carrier: "EE", counts: counts(4) },
    { country: "DE", carrier: null, isRest: true, counts: counts(3) },
    { country: "FR", carrier: null, isRest: true, counts: counts(1) },
  ]);
});
