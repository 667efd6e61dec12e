import { expect, test } from "vitest";
import type { DateTrigger } from "#domain/campaign/trigger.ts";
import { triggerText } from "./trigger-words.ts";

test.each([
  [0, null, "On “order_paid”, once per person"],
  [30, 0, "30 minutes after “order_paid”, every time"],
  [60, 24, "1 hour after “order_paid”, again after 1 day"],
  [2_880, 12, "2 days after “order_paid”, again after 12 hours"],
])("what it waits for in words: %o minutes, again after %o hours", (delayMinutes, hours, words) => {
  const trigger = { kind: "event", event: "order_paid", delayMinutes, againAfterHours: hours };
  expect(triggerText({ ...trigger, kind: "event" })).toBe(words);
});

const birthday: DateTrigger = {
  kind: "date",
  field: "Birthday",
  every: "year",
  days: 0,
  time: "09:00",
  zone: "Europe/Berlin",
  local: false,
  order: "dayFirst",
  ifLate: "hold",
};

test("the other things that it waits for, in words", () => {
  const once = { delayMinutes: 0, againAfterHours: null } as const;
  expect([
    triggerText({ kind: "redeemed", code: null, campaignId: null, ...once }),
    triggerText({ kind: "redeemed", code: "A*", campaignId: null, ...once, delayMinutes: 60 }),
    triggerText({ kind: "entry", existing: "skip", ...once, againAfterHours: 720 }),
    triggerText(birthday),
    triggerText({ ...birthday, every: "once", days: -30, local: true }),
  ]).toEqual([
    "On a redeemed code, once per person",
    "1 hour after the redeemed code A*, once per person",
    "On coming into the audience, again after 30 days",
    "On “Birthday” each year at 09:00, Europe/Berlin",
    "30 days before “Birthday” at 09:00, each recipient's local time",
  ]);
});
