import fc from "fast-check";
import { expect, test } from "vitest";
import { channels } from "../campaign/channel.ts";
import { reasons } from "../message/reason.ts";
import { messageStates, noCounts, type StateCounts } from "../message/state.ts";
import { before, usualOf } from "./compare.ts";
import { layoutOf, metricOf, metrics, rateOf, type MetricKey } from "./metric.ts";

const states = { ...noCounts, delivered: 80, read: 16, unconfirmed: 2, undelivered: 2, failed: 5 };
const source = {
  total: 110,
  states: { ...states, skipped: 5 },
  segments: { ...states, delivered: 160, skipped: 10 },
  reasons: [
    { state: "failed", reason: "render_failed", n: 2 },
    { state: "failed", reason: "invalid_address", n: 3 },
  ],
  marks: { complained: 1, opted_out: 4 },
} as const;

test("S2-44 each channel has a layout of its own: mail tells of bounces, SMS of segments and cost, a flow of what it executed", () => {
  expect(layoutOf("email", source)).toEqual([
    "delivered",
    "opened",
    "bounced",
    "complained",
    "unsubscribed",
    "submitted",
  ]);
  const priced = { ...source, cost: { currency: "EUR", amount: 12, units: 180 } };
  expect(layoutOf("sms", priced)).toContain("segments");
  expect(layoutOf("sms", priced)).toContain("cost");
  expect(layoutOf("sms", source)).not.toContain("cost");
  expect(layoutOf("flow", source)[0]).toBe("executed");
  const layouts = channels.map((channel) => layoutOf(channel, source).join());
  expect(new Set(layouts).size).toBeGreaterThan(4);
});

test("a campaign with codes tells how many of those it gave out were redeemed", () => {
  const codes = { published: 40, redeemed: 10, poolRedeemed: 30 };
  expect(layoutOf("email", { ...source, codes }).at(-1)).toBe("redeemed");
  expect(metrics.redeemed.measure({ ...source, codes })).toEqual({ n: 10, of: 40 });
});

test("a figure is a count and what it is a part of; what failed on our side bounced nowhere", () => {
  expect(metrics.delivered.measure(source)).toEqual({ n: 96, of: 100 });
  expect(metrics.submitted.measure(source)).toEqual({ n: 100, of: 110 });
  expect(metrics.bounced.measure(source)).toEqual({ n: 5, of: 103 });
  expect(metrics.segments.measure(source)).toEqual({ n: 180, of: 100 });
  expect(metrics.opened.measure(source)).toEqual({ n: 16, of: 96 });
});

test("no share is more than its whole, whatever the counts are", () => {
  const row = fc.record({
    state: fc.constantFrom(...messageStates),
    reason: fc.constantFrom(...reasons),
    n: fc.integer({ min: 1, max: 1_000 }),
  });
  const rows = fc.uniqueArray(row, { selector: ({ state, reason }) => `${state}/${reason}` });
  fc.assert(
    fc.property(rows, (all) => {
      const counts: Record<keyof StateCounts, number> = { ...noCounts };
      for (const { state, n } of all) counts[state] += n;
      const total = all.reduce((sum, { n }) => sum + n, 0);
      const given = { total, states: counts, segments: counts, reasons: all };
      for (const channel of channels) {
        for (const key of layoutOf(channel, given)) {
          const measured = metricOf(key).measure(given);
          if (measured === null || metricOf(key).form !== "share") continue;
          expect(measured.n).toBeGreaterThanOrEqual(0);
          expect(measured.n).toBeLessThanOrEqual(measured.of);
        }
      }
    }),
  );
});

function campaign(id: string, launchedAt: number | null, delivered: number) {
  const counts = { ...noCounts, delivered, undelivered: 100 - delivered };
  const rollup = { total: 100, states: counts, segments: counts, reasons: [] };
  return { campaign: { id, type: "email" as const, launchedAt }, rollup };
}

test("what is usual is the median of the last campaigns of the channel that were launched before", () => {
  const rows = [90, 92, 99, 50].map((delivered, at) => campaign(`c${at}`, at + 1, delivered));
  const mine = campaign("mine", 4, 97);
  const sms = {
    ...campaign("sms", 2, 1),
    campaign: { id: "sms", type: "sms", launchedAt: 2 } as const,
  };
  const found = before(mine, [mine, ...rows, sms, campaign("draft", null, 0)]);
  expect(found.map((row) => row.campaign.id)).toEqual(["c2", "c1", "c0"]);
  expect(usualOf("delivered", found)).toEqual({ rate: 0.92, n: 3 });
  expect(usualOf("delivered", rows)).toEqual({ rate: 0.91, n: 4 });
  expect(usualOf("delivered", found.slice(1))).toBeNull();
});

test("a figure of which there is no whole has no rate", () => {
  const keys: readonly MetricKey[] = ["delivered", "submitted", "opened"];
  const nothing = { total: 0, states: noCounts, segments: noCounts, reasons: [] };
  for (const key of keys) {
    expect(rateOf(metricOf(key).measure(nothing) ?? { n: 1, of: 1 })).toBeNull();
  }
});
