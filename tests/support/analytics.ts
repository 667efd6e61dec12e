// Campaigns that were sent, with their counters, for the reports across campaigns.
import type { Campaign } from "#domain/campaign/campaign.ts";
import { noCounts, type StateCounts } from "#domain/message/state.ts";
import type { Rollup } from "#domain/report/rollup.ts";
import { aCampaign, anId, noon } from "./campaigns.ts";

let made = 0;

export function aSentCampaign(set: Partial<Campaign> = {}): Campaign {
  made += 1;
  const id = anId(0x9000 + made);
  return aCampaign({ id, type: "email", phase: "completed", startedAt: noon, ...set });
}

type RollupSet = Omit<Partial<Rollup>, "states"> & { readonly states?: Partial<StateCounts> };

export function aRollup({ states, ...set }: RollupSet = {}): Rollup {
  return {
    id: anId(0x8000),
    total: 0,
    states: { ...noCounts, ...states },
    segments: noCounts,
    reasons: [],
    spanMs: 60_000,
    series: [],
    rate: 0,
    at: noon,
    ...set,
  };
}
