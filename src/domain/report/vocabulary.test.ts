import fc from "fast-check";
import { expect, test } from "vitest";
import { reasons } from "../message/reason.ts";
import { messageStates, noCounts, type StateCounts } from "../message/state.ts";
import { headline } from "./headline.ts";
import {
  broadcastCounters,
  dashboardCounters,
  flowCounters,
  segmentCounters,
} from "./vocabulary.ts";

const row = fc.record({
  state: fc.constantFrom(...messageStates),
  reason: fc.constantFrom(...reasons),
  n: fc.integer({ min: 1, max: 1_000 }),
  segments: fc.integer({ min: 1, max: 5_000 }),
});

const tally = fc.uniqueArray(row, {
  maxLength: 30,
  selector: ({ state, reason }) => `${state}/${reason}`,
});

function countsOf(rows: readonly { state: keyof StateCounts; n: number }[]) {
  const states: Record<keyof StateCounts, number> = { ...noCounts };
  for (const { state, n } of rows) states[state] += n;
  return { total: rows.reduce((sum, { n }) => sum + n, 0), states };
}

test("every vocabulary adds up to its total, whatever the counts are", () => {
  fc.assert(
    fc.property(tally, (rows) => {
      const counts = { ...countsOf(rows), reasons: rows.filter(({ reason }) => reason !== "none") };
      const flow = flowCounters(counts);
      expect(flow.submitted + flow.notSubmitted + flow.waiting).toBe(flow.total);
      expect(flow.success + flow.notConfirmed + flow.failed).toBe(flow.submitted);
      const broadcast = broadcastCounters(counts);
      expect(broadcast.sent + broadcast.failed + broadcast.remaining).toBe(broadcast.total);
      const head = headline(counts);
      expect(head.sent + head.failed + head.skipped + head.toGo).toBe(head.total);
      expect(head.delivered).toBeLessThanOrEqual(head.sent);
      const { total, unsubscribed, carrier, signal, device, ...kinds } = segmentCounters(rows);
      const told = unsubscribed + carrier + signal + device;
      expect(told).toBeLessThanOrEqual(kinds.unreachable);
      expect(Object.values(kinds).reduce((sum, n) => sum + n, 0)).toBe(total);
      const dashboard = dashboardCounters(counts);
      expect(dashboard.delivered + dashboard.unconfirmed).toBeLessThanOrEqual(dashboard.sent);
      for (const each of [flow, broadcast, head, dashboard]) {
        expect(Math.min(...Object.values(each))).toBeGreaterThanOrEqual(0);
      }
    }),
    { numRuns: 1_000 },
  );
});

test("what we could not send is not submitted, what the carrier refused is failed", () => {
  const counts = {
    ...countsOf([{ state: "failed", n: 5 }]),
    reasons: [
      { state: "failed", reason: "render_failed", n: 2 },
      { state: "failed", reason: "invalid_address", n: 3 },
    ],
  } as const;
  expect(flowCounters(counts)).toMatchObject({ notSubmitted: 2, failed: 3 });
});

test("segments that nobody paid for are ignored, those out of reach unreachable", () => {
  expect(
    segmentCounters([
      { state: "skipped", reason: "budget_reached", segments: 2 },
      { state: "skipped", reason: "suppressed", segments: 3 },
      { state: "undelivered", reason: "unreachable", segments: 4 },
      { state: "undelivered", reason: "expired", segments: 5 },
      { state: "failed", reason: "payment_required", segments: 6 },
      { state: "canceled", reason: "subscription_inactive", segments: 7 },
    ]),
  ).toMatchObject({ ignored: 15, unreachable: 7, undelivered: 5, failed: 0, total: 27 });
});

test("AMB-16 unreachable is one status that tells why: unsubscribed, carrier, signal or device", () => {
  expect(
    segmentCounters([
      { state: "skipped", reason: "no_consent", segments: 1 },
      { state: "undelivered", reason: "opted_out", segments: 2 },
      { state: "skipped", reason: "suppressed", segments: 32 },
      { state: "undelivered", reason: "carrier_rejected", segments: 4 },
      { state: "undelivered", reason: "unreachable", segments: 8 },
      { state: "undelivered", reason: "not_capable", segments: 16 },
    ]),
  ).toMatchObject({ unreachable: 63, unsubscribed: 35, carrier: 4, signal: 8, device: 16 });
});
