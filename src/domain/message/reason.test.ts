import { expect, test } from "vitest";
import { breakerWeight } from "./breaker.ts";
import { isLocal, reasonClass, reasonCode, reasonOf, reasons } from "./reason.ts";
import { reasonText } from "./reason-text.ts";
import { messageStates, stateCodes, stateOf } from "./state.ts";

test("every reason keeps its stored number, and an unknown number reads as unknown", () => {
  expect(reasons.map((reason) => reasonOf(reasonCode(reason)))).toEqual([...reasons]);
  expect(reasonCode("invalid_address")).toBe(1);
  expect(reasonCode("unknown")).toBe(40);
  expect(reasonCode("outcome_unknown")).toBe(41);
  expect(reasonOf(9_999)).toBe("unknown");
});

test("every reason but none has a sentence for people, without a full stop", () => {
  const said = reasons.filter((reason) => reason !== "none").map(reasonText);
  expect(said.every((text) => /^[A-Z].*[^.]$/.test(text))).toBe(true);
  expect(new Set(said).size).toBe(said.length);
});

test("states keep their stored numbers", () => {
  expect(messageStates.map((state) => stateCodes[state])).toEqual([...messageStates.keys()]);
  expect(() => stateOf(12)).toThrow("12");
});

test("what we decided ourselves never stops an account, except a wrong configuration", () => {
  const stopping = reasons.filter(
    (reason) => isLocal(reason) && breakerWeight(reason, "provider") !== "ignored",
  );
  expect(stopping).toEqual(["config_error"]);
});

test("a reason about the recipient never stops a campaign", () => {
  const about = reasons.filter((reason) => reasonClass(reason) === "recipient");
  expect(about.map((reason) => breakerWeight(reason, "provider"))).toEqual(
    about.map(() => "ignored"),
  );
});
