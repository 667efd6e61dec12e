// Campaigns that were sent, with their counters, for the reports across campaigns.
import type { Campaign } from "#domain/campaign/campaign.ts";
import { noCounts, type MessageState, type StateCounts } from "#domain/message/state.ts";
import type { Rollup } from "#domain/report/rollup.ts";
import { aCampaign, anId, noon } from "./campaigns.ts";

let made = 0;

export function aSentCampaign(set: Partial<Campaign> = {}): Campaign {
  made += 1;
  const id = anId(0x9000 + made);
  return aCampaign({ id, type: "email", phase: "completed", startedAt: noon, ...set });
}

type RollupSet = Omit<Partial<Rollup>, "states"> & { readonly states?: Partial<StateCounts> };

/** With the states that its series leaves where nothing was sent twice. */
export function aRollup({ states, series = [], ...set }: RollupSet = {}): Rollup {
  return {
    id: anId(0x8000),
    total: 0,
    states: { ...noCounts, ...(states ?? leftBy(series)) },
    segments: noCounts,
    reasons: [],
    spanMs: 60_000,
    series,
    rate: 0,
    at: noon,
    ...set,
  };
}

function leftBy(series: Rollup["series"]): Partial<StateCounts> {
  const entered = (state: MessageState): number =>
    series.reduce((sum, point) => sum + (point.entered[state] ?? 0), 0);
  const [read, undelivered] = [entered("read"), entered("undelivered")];
  const delivered = Math.max(0, entered("delivered") - read);
  return {
    submitted: Math.max(0, entered("submitted") - delivered - read - undelivered),
    delivered,
    read,
    undelivered,
    failed: entered("failed"),
    skipped: entered("skipped"),
    canceled: entered("canceled"),
  };
}
