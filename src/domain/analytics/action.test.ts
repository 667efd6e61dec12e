import fc from "fast-check";
import { expect, test } from "vitest";
import { aSentCampaign, aRollup } from "../../../tests/support/analytics.ts";
import { actionsOf, features, leastDelivered } from "./action.ts";
import { openCalendar } from "./calendar.ts";
import { shareOf } from "./wilson.ts";

const calendar = openCalendar("Europe/London");
const range = { from: -Infinity, to: Infinity };

const sent = (subject: string, delivered: number, read: number) => ({
  campaign: aSentCampaign({ content: { subject, text: "Hello", html: "" } }),
  rollup: aRollup({ states: { delivered: delivered - read, read } }),
});

test("S2-02 an interval of Wilson is what its formula says, and never leaves 0 to 1", () => {
  const { low, high } = shareOf(8, 10);
  // Wilson (1927), as tables have it: 8 of 10.
  expect([low, high].map((end) => Math.round(end * 1e4) / 1e4)).toEqual([0.4902, 0.9433]);
  fc.assert(
    fc.property(fc.nat(5_000), fc.nat(5_000), (k, n) => {
      const share = shareOf(k, n);
      expect(share.low).toBeGreaterThanOrEqual(0);
      expect(share.high).toBeLessThanOrEqual(1);
      expect(share.low).toBeLessThanOrEqual(share.rate);
      expect(share.high).toBeGreaterThanOrEqual(share.rate);
    }),
  );
});

test("S2-07 S2-08 what was opened more often is found, with how sure one can be", () => {
  const rows = [
    sent("Sale: 20% off", 500, 200),
    sent("3 days left", 500, 210),
    sent("News", 500, 50),
    sent("Hello", 500, 60),
  ];
  const { findings, whole } = actionsOf(rows, range, calendar);
  expect(whole).toMatchObject({ campaigns: 4, delivered: 2_000 });
  expect(whole.shares.opened).toMatchObject({ k: 520, n: 2_000 });
  expect(findings[0]).toMatchObject({
    feature: "subjectNumber",
    action: "opened",
    best: { key: "yes", campaigns: 2 },
    rest: { key: "no", campaigns: 2 },
    doubt: null,
  });
});

test("S2-08 few messages, a single campaign, and what may well be the same are said", () => {
  expect(doubt([sent("1", leastDelivered - 1, 90), sent("One", 5_000, 10)])).toBe("few");
  expect(doubt([sent("1", 500, 400), sent("One", 5_000, 10)])).toBe("single");
  expect(doubt([sent("1", 500, 52), sent("One", 500, 50)])).toBe("same");
  expect(doubt([sent("1", 500, 0), sent("One", 500, 0)])).toBeUndefined();
});

test("I-6 the groups of a feature that every campaign has add up to the whole", () => {
  const rows = ["A?", "12", "A very long subject that no phone would ever show to its end", ""].map(
    (subject, index) => sent(subject, 100 + index, 7),
  );
  const { groups, whole } = actionsOf(rows, range, calendar);
  for (const feature of features) {
    const sum = groups[feature].reduce((all, { delivered }) => all + delivered, 0);
    expect(sum).toBeLessThanOrEqual(whole.delivered);
    const isOfAll = !feature.startsWith("subject") && feature !== "textLength";
    if (isOfAll) expect(sum).toBe(whole.delivered);
  }
});

test("only campaigns that began in the range count, with all that came of them", () => {
  const rows = [sent("Then", 100, 1)];
  expect(actionsOf(rows, { from: 5_000_000_000_000, to: Infinity }, calendar).whole.campaigns).toBe(
    0,
  );
});

function doubt(rows: Parameters<typeof actionsOf>[0]) {
  const { findings } = actionsOf(rows, range, calendar);
  return findings.find(({ feature }) => feature === "subjectNumber")?.doubt;
}
