import { expect, test } from "vitest";
import { aRollup, aSentCampaign } from "../../../tests/support/analytics.ts";
import { noCounts } from "../message/state.ts";
import type { Rollup } from "./rollup.ts";
import { subscriptionsOf } from "./subscriptions.ts";

const month = 202_610;

/** Ten by e-mail, of whom four went on by SMS. */
const rollup: Rollup = aRollup({
  total: 10,
  states: { delivered: 9, skipped: 1 },
  reasons: [{ state: "skipped", reason: "payment_required", n: 1 }],
  segments: { ...noCounts, delivered: 13, skipped: 1 },
  series: [
    { at: 0, entered: { submitted: 10, delivered: 5 } },
    { at: 60, entered: { delivered: 4 } },
  ],
  months: [{ month, messages: 10, segments: 14, amount: 0.8 }],
  cost: { currency: "EUR", amount: 0.8, units: 14 },
  fallback: {
    channel: "sms",
    total: 4,
    states: { ...noCounts, delivered: 4 },
    segments: { ...noCounts, delivered: 8 },
    reasons: [],
    series: [{ at: 60, entered: { delivered: 4 } }],
    months: [{ month, messages: 4, segments: 8, amount: 0.8 }],
  },
});
const campaign = aSentCampaign({
  type: "email",
  accountId: "mails",
  launchedAt: 0,
  fallback: { accountId: "texts", text: "Call us" },
});
const asked = { month, zone: "UTC", isSpent: () => false };

test("S4-23 who got a text message instead counts with the account that it went by, and the sum is the month's", () => {
  const accounts = [
    { id: "mails", name: "Mails", channel: "email" },
    { id: "texts", name: "Texts", channel: "sms" },
  ] as const;
  const told = subscriptionsOf(accounts, [{ campaign, rollup }], asked);
  expect(told).toMatchObject([
    { name: "Mails", channel: "email", messages: 6, segments: 6, costs: [] },
    {
      name: "Texts",
      channel: "sms",
      messages: 4,
      segments: 8,
      costs: [{ currency: "EUR", amount: 0.8 }],
    },
  ]);
});

test("what deleted accounts sent stands under the channel that it went by", () => {
  const told = subscriptionsOf([], [{ campaign, rollup }], asked);
  expect(told).toMatchObject([
    { accountId: "mails", name: "", channel: "email", messages: 6 },
    { accountId: "texts", name: "", channel: "sms", messages: 4 },
  ]);
});
