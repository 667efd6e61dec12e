import { expect, test } from "vitest";
import type { Repeat } from "#domain/schedule/repeat.ts";
import { repeatText, weekdayOf } from "./repeat-words.ts";

const from = "2026-11-25T09:00";

test.each<[Omit<Repeat, "from">, string]>([
  [{ every: "day", interval: 1 }, "Every day at 09:00"],
  [{ every: "day", interval: 2, times: 10 }, "Every 2 days at 09:00, 10 times"],
  [{ every: "week", interval: 1 }, "Every week on Wednesday at 09:00"],
  [{ every: "week", interval: 2, weekdays: [1, 5] }, "Every 2 weeks on Monday and Friday at 09:00"],
  [
    { every: "week", interval: 1, weekdays: [1, 2, 3, 4, 5, 6, 7] },
    "Every week on all days at 09:00",
  ],
  [{ every: "month", interval: 1 }, "Every month on day 25 at 09:00"],
  [{ every: "month", interval: 1, monthDay: 31 }, "Every month on the last day at 09:00"],
  [
    { every: "month", interval: 3, monthDay: 30 },
    "Every 3 months on day 30, or the last of a shorter month, at 09:00",
  ],
  [{ every: "day", interval: 1, until: "2026-12-31" }, "Every day at 09:00, until Dec 31, 2026"],
])("a rule in words: %o", (rule, words) => {
  expect(repeatText({ from, ...rule })).toBe(words);
});

test("weeks begin on Monday", () => {
  expect(weekdayOf("2026-11-23")).toBe(1);
  expect(weekdayOf("2026-11-29T08:00")).toBe(7);
});
