import * as fc from "fast-check";
import { expect, test } from "vitest";
import { nextState, standingOf, type Outcome } from "./unreachable.ts";

const rule = { threshold: 7, after: 0 };

function missed(...orders: readonly number[]): Outcome[] {
  return orders.map((order) => ({ order, sign: "missed", at: order * 1_000 }));
}

test("S4-14 AMB-14 seven missed campaigns in a row make an address unreachable, six do not", () => {
  const six = standingOf(missed(1, 2, 3, 4, 5, 6), rule);
  expect(six).toEqual({ misses: 6, since: 1_000, isUnreachable: false });
  const seven = standingOf(missed(1, 2, 3, 4, 5, 6, 7), rule);
  expect(seven).toEqual({ misses: 7, since: 1_000, isUnreachable: true });
});

test("AMB-14 one confirmed delivery resets, also one that is heard of late", () => {
  const outcomes = missed(1, 2, 3, 4, 5, 6, 7);
  const late: Outcome = { order: 5, sign: "reached", at: 9_999 };
  expect(standingOf([...outcomes, late], rule)).toMatchObject({ misses: 2, isUnreachable: false });
});

test("a new start forgets what was before it", () => {
  const standing = standingOf(missed(1, 2, 3, 4, 5, 6, 7), { threshold: 7, after: 7 });
  expect(standing).toEqual({ misses: 0, since: null, isUnreachable: false });
});

const anOutcome = fc.record({
  order: fc.integer({ min: 1, max: 20 }),
  sign: fc.constantFrom("missed", "reached", "missed", "missed"),
  at: fc.integer({ min: 0, max: 1_000_000 }),
}) satisfies fc.Arbitrary<Outcome>;

/** One outcome a campaign for each sign, as they are stored. */
const outcomes = fc.uniqueArray(anOutcome, {
  maxLength: 30,
  selector: ({ order, sign }) => `${order}${sign}`,
});
const rules = fc.record({
  threshold: fc.integer({ min: 7, max: 9 }),
  after: fc.integer({ min: 0, max: 10 }),
});

test("the standing is the same in any order and however often an outcome is heard", () => {
  fc.assert(
    fc.property(outcomes, rules, fc.infiniteStream(fc.nat()), (known, each, chance) => {
      const repeated = known.flatMap((outcome) =>
        (chance.next().value ?? 0) % 2 === 0 ? [outcome, outcome] : [outcome],
      );
      const shuffled = repeated
        .map((outcome) => ({ outcome, at: chance.next().value ?? 0 }))
        .toSorted((a, b) => a.at - b.at)
        .map(({ outcome }) => outcome);
      expect(standingOf(shuffled, each)).toEqual(standingOf(known, each));
    }),
    { numRuns: 2_000 },
  );
});

test("it is the number of misses since the last campaign that reached the address", () => {
  fc.assert(
    fc.property(outcomes, rules, (known, { threshold, after }) => {
      // The plain telling: campaign after campaign, a reach sets the count back.
      let count = 0;
      for (let order = after + 1; order <= 20; order++) {
        const of = known.filter((outcome) => outcome.order === order);
        if (of.some(({ sign }) => sign === "reached")) count = 0;
        else if (of.length > 0) count += 1;
      }
      const standing = standingOf(known, { threshold, after });
      expect(standing.misses).toBe(count);
      expect(standing.isUnreachable).toBe(count >= threshold);
    }),
    { numRuns: 2_000 },
  );
});

test("S4-15 a person decides unless the workspace lets the rule decide", () => {
  const due = { isUnreachable: true };
  expect(nextState("none", due, false)).toBe("listed");
  expect(nextState("listed", due, false)).toBe("listed");
  expect(nextState("none", due, true)).toBe("suppressed");
  expect(nextState("suppressed", due, false)).toBe("suppressed");
  for (const state of ["none", "listed", "suppressed"] as const) {
    expect(nextState(state, { isUnreachable: false }, true)).toBe("none");
  }
});
