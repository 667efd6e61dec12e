import fc from "fast-check";
import { expect, test } from "vitest";
import { isCharged, marksCharged, type Charged } from "./charge.ts";
import { messageStates } from "./state.ts";

const fresh: Charged = { state: "sending", gen: 1, try: 1, marks: 0 };

type Move = Partial<Omit<Charged, "marks">>;

/** How a message stands after these moves, one after the other. */
const after = (...moves: readonly Move[]): Charged => then(fresh, ...moves);

function then(start: Charged, ...moves: readonly Move[]): Charged {
  let at = start;
  for (const move of moves) {
    const to = { ...at, ...move };
    at = { ...to, marks: marksCharged(at, to) };
  }
  return at;
}

test("whoever takes a message charges for it, whatever becomes of it", () => {
  for (const end of ["sent", "undelivered", "delivered", "failed", "canceled"] as const) {
    expect(isCharged(after({ state: "submitted" }, { state: end }))).toBe(true);
  }
});

test("what was refused, or never handed over, costs nothing", () => {
  expect(isCharged(after({ state: "failed" }))).toBe(false);
  expect(isCharged(after({ state: "queued", try: 0 }, { state: "canceled" }))).toBe(false);
});

test("a doubt that was given up stays charged for while it is sent again under its key", () => {
  const again = after(
    { state: "ambiguous" },
    { state: "unconfirmed" },
    { state: "ambiguous", try: 0 },
  );
  expect(isCharged(again)).toBe(true);
  expect(isCharged(then(again, { state: "sending", try: 1 }, { state: "failed" }))).toBe(true);
});

test("the next generation begins uncharged, and proof of an earlier one does not charge it", () => {
  const queued = after({ state: "undelivered" }, { state: "queued", gen: 2, try: 0 });
  expect(isCharged(queued)).toBe(false);
  expect(isCharged(then(queued, { state: "delivered" }))).toBe(false);
  expect(isCharged(then(queued, { state: "sending", try: 1 }, { state: "submitted" }))).toBe(true);
});

test("within a generation, what is charged stays charged", () => {
  const states = fc.array(fc.constantFrom(...messageStates), { maxLength: 12 });
  fc.assert(
    fc.property(states, (path) => {
      let at = after({ state: "submitted" });
      for (const state of path) at = then(at, { state });
      expect(isCharged(at)).toBe(true);
    }),
  );
});
