import fc from "fast-check";
import { expect, test } from "vitest";
import { adds, compareEvidence, mergeEvidence, type Evidence } from "./merge.ts";
import { reasons } from "./reason.ts";
import { kindOf, messageStates } from "./state.ts";

const evidence: fc.Arbitrary<Evidence> = fc.record({
  gen: fc.integer({ min: 1, max: 3 }),
  state: fc.constantFrom(...messageStates),
  at: fc.integer({ min: 0, max: 5 }),
  reason: fc.constantFrom(...reasons.slice(0, 4)),
});

function mergeAll(list: readonly Evidence[]): Evidence {
  return list.reduce((known, heard) => mergeEvidence(known, heard));
}

test("evidence merges to the same in any order, however often it is repeated and however it is batched", () => {
  const shuffled = fc.array(evidence, { minLength: 1, maxLength: 8 }).chain((list) =>
    fc.record({
      list: fc.constant(list),
      again: fc.shuffledSubarray([...list, ...list], { minLength: list.length * 2 }),
      cut: fc.integer({ min: 1, max: list.length }),
    }),
  );
  fc.assert(
    fc.property(shuffled, ({ list, again, cut }) => {
      const whole = mergeAll(list);
      const parts = [list.slice(0, cut), list.slice(cut)].filter((part) => part.length > 0);
      expect(compareEvidence(mergeAll(again), whole)).toBe(0);
      expect(compareEvidence(mergeAll(parts.map(mergeAll)), whole)).toBe(0);
    }),
    { numRuns: 2_000 },
  );
});

test("merging is commutative, associative and idempotent", () => {
  fc.assert(
    fc.property(evidence, evidence, evidence, (a, b, c) => {
      expect(compareEvidence(mergeEvidence(a, b), mergeEvidence(b, a))).toBe(0);
      const left = mergeEvidence(mergeEvidence(a, b), c);
      expect(compareEvidence(left, mergeEvidence(a, mergeEvidence(b, c)))).toBe(0);
      expect(mergeEvidence(a, a)).toEqual(a);
    }),
    { numRuns: 2_000 },
  );
});

test("nothing takes a proof of arrival back", () => {
  fc.assert(
    fc.property(evidence, evidence, (known, heard) => {
      fc.pre(kindOf[known.state] === "positive");
      expect(kindOf[mergeEvidence(known, heard).state]).toBe("positive");
    }),
  );
});

const base = { gen: 1, at: 1, reason: "none" } as const;

test.each([
  ["a late 'undelivered' after 'delivered'", "delivered", "undelivered", false],
  ["a late 'delivered' after 'undelivered'", "undelivered", "delivered", true],
  ["'read' after 'delivered'", "delivered", "read", true],
  ["a late 'sent' after 'delivered'", "delivered", "sent", false],
  ["proof after silence", "unconfirmed", "delivered", true],
  ["a receipt that overtakes the answer", "sending", "delivered", true],
  ["the same again", "submitted", "submitted", false],
] as const)("%s changes the state: %s -> %s is %s", (_words, known, heard, changes) => {
  expect(adds({ ...base, state: known }, { ...base, state: heard })).toBe(changes);
});

test("a failure of an earlier send does not touch the later one", () => {
  const known = { ...base, gen: 2, state: "queued" } as const;
  expect(adds(known, { ...base, gen: 1, state: "undelivered" })).toBe(false);
  expect(adds(known, { ...base, gen: 1, state: "delivered" })).toBe(true);
});
