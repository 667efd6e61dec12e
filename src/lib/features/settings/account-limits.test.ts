import { expect, test } from "vitest";
import { defaultLimits } from "#domain/campaign/account.ts";
import { defaultGuards } from "#domain/message/breaker.ts";
import { anAccount } from "../../../../tests/support/campaigns.ts";
import { limitValuesOf, speedAfter, toGuards, toLimits, toPrice } from "./account-limits.ts";

test("what the form shows of an account is what it sends, and an empty field is no limit", () => {
  const warmUp = { firstDay: 30, fullDay: 900 };
  const limits = { ...defaultLimits, perSecond: 12.5, perDomain: 3, concurrency: 9, warmUp };
  const guards = { ...defaultGuards, failurePercent: null, autoResume: "never" } as const;
  const values = limitValuesOf(anAccount({ limits, guards }));
  expect(values).toMatchObject({ perSecond: "12.5", perSender: "", failurePercent: "" });
  expect(toLimits(values)).toEqual(limits);
  expect(toGuards(values)).toEqual(guards);
});

test("an account from before these limits has the default ones", () => {
  const values = limitValuesOf(anAccount({ limits: { perSecond: null, concurrency: 4 } }));
  expect(toLimits(values)).toEqual({ ...defaultLimits, concurrency: 4 });
  expect(toGuards(values)).toEqual(defaultGuards);
});

test("a price is taken as it is typed, also with a comma; without one there is none", () => {
  const price = { currency: "EUR", perUnit: 0.0075 };
  expect(toPrice(limitValuesOf(anAccount({ price })))).toEqual(price);
  const typed = { ...limitValuesOf(anAccount()), perUnit: "0,07", currency: " usd" };
  expect(toPrice(typed)).toEqual({ currency: "USD", perUnit: 0.07 });
  expect(toPrice(limitValuesOf(anAccount()))).toBeNull();
});

test("S2-D8 a new account begins with the usual speed, and one that exists keeps its own, or none", () => {
  expect(limitValuesOf(undefined, 160).perSecond).toBe("160");
  expect(limitValuesOf(undefined).perSecond).toBe("");
  expect(limitValuesOf(anAccount({ limits: {} }), 160).perSecond).toBe("");
});

test("S2-D8 another channel brings its usual speed, but never over what somebody typed or emptied", () => {
  expect(speedAfter("160", 160, 250)).toBe("250");
  expect(speedAfter("160", 160, null)).toBe("");
  expect(speedAfter("", null, 250)).toBe("250");
  expect(speedAfter("40", 160, 250)).toBe("40");
  expect(speedAfter("", 160, 250)).toBe("");
});
