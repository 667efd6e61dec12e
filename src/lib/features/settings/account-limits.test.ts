import { expect, test } from "vitest";
import { defaultLimits } from "#domain/campaign/account.ts";
import { defaultGuards } from "#domain/message/breaker.ts";
import { anAccount } from "../../../../tests/support/campaigns.ts";
import { limitValuesOf, toGuards, toLimits, toPrice } from "./account-limits.ts";

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
