import { expect, test } from "vitest";
import { closedBecause, documentedReasons, maskCode, useRefusals } from "./use.ts";

test("S0-D4 fifteen reasons are documented; those that occur here have one of ours, and each of ours is a sentence", () => {
  expect(Object.keys(documentedReasons)).toHaveLength(15);
  const ours = Object.values(documentedReasons).filter((reason) => reason !== null);
  expect(new Set(ours).size).toBe(ours.length);
  // An address that several people share is ours alone.
  expect([...ours, "several"].toSorted()).toEqual([...useRefusals].toSorted());
});

test("a pool is open from its start until before its end, and not while it is switched off", () => {
  const times = { startsAt: 10, endsAt: 20, isDisabled: false };
  expect([9, 10, 19, 20].map((at) => closedBecause(times, at))).toEqual([
    "not_active_yet",
    null,
    null,
    "expired",
  ]);
  expect(closedBecause({ ...times, isDisabled: true }, 15)).toBe("disabled");
  expect(closedBecause({ startsAt: null, endsAt: null, isDisabled: false }, 0)).toBeNull();
});

test("a masked code tells its ends, and nothing of a short one", () => {
  expect(maskCode("SUMMER-AB12")).toBe("SU•••12");
  expect(maskCode("AAA-1")).toBe("•••");
});
