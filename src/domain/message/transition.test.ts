import { expect, test } from "vitest";
import { compareEvidence, type Evidence } from "./merge.ts";
import { kindOf, messageStates, stateCodes, type MessageState } from "./state.ts";
import { causes, mayMove, transitions } from "./transition.ts";

test("what a receipt may lead to is exactly what wins over the state: the order of proof cannot matter", () => {
  for (const from of messageStates) {
    for (const to of provable) {
      if (to === from) continue;
      const wins = compareEvidence(evidence(to), evidence(from)) > 0;
      expect(mayMove(from, to, "receipt"), `${from} -> ${to}`).toBe(wins);
    }
  }
});

test("nothing that was proven to have arrived leads back", () => {
  for (const from of ["delivered", "read"] as const) {
    for (const to of messageStates) {
      for (const by of causes) {
        const isFurther = kindOf[to] === "positive" && stateCodes[to] > stateCodes[from];
        const isSame = to === from && by === "receipt";
        expect(mayMove(from, to, by), `${from} -> ${to} by ${by}`).toBe(
          isSame || (isFurther && by === "receipt"),
        );
      }
    }
  }
});

test("only the engine takes a message back, and only what failed or was never tried", () => {
  const back = messageStates.filter((from) => mayMove(from, "queued", "engine"));
  // From queued to queued: it waits for its time.
  expect(back).toEqual(["queued", "sending", "skipped", "canceled", "failed", "undelivered"]);
  expect(messageStates.filter((from) => mayMove(from, "queued", "receipt"))).toEqual(["queued"]);
});

test("nothing is sent but what is queued or in doubt", () => {
  const senders = messageStates.filter((from) => mayMove(from, "sending", "engine"));
  expect(senders).toEqual(["queued", "ambiguous"]);
});

test("every state but the last leads somewhere", () => {
  const ends = messageStates.filter((from) => Object.keys(transitions[from]).length === 0);
  expect(ends).toEqual(["read"]);
});

function evidence(state: MessageState): Evidence {
  return { gen: 1, state, at: 0, reason: "none" };
}

/** What comes from outside: skipped and canceled are our own words, and the first three are local. */
const provable = [
  "submitted",
  "sent",
  "unconfirmed",
  "failed",
  "undelivered",
  "delivered",
  "read",
] as const satisfies readonly MessageState[];
