import { expect, test } from "vitest";
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
