import { expect, test } from "vitest";
import { reasons } from "../message/reason.ts";
import { effectOf } from "./suppression.ts";

function table(kind: "email" | "phone") {
  return reasons.flatMap((reason) => {
    const effect = effectOf(reason, kind);
    return effect === null ? [] : [[reason, effect.reason, effect.times, effect.withdraws]];
  });
}

test("only what says something of the address suppresses it, as the table of reasons says", () => {
  const everywhere = [
    ["blocked_by_recipient", "blocked", 1, false],
    ["opted_out", "opted_out", 1, true],
  ];
  expect(table("email")).toEqual([
    ["invalid_address", "invalid_address", 2, false],
    ["unknown_recipient", "hard_bounce", 1, false],
    ...everywhere,
  ]);
  expect(table("phone")).toEqual([["invalid_address", "invalid_address", 2, false], ...everywhere]);
});
