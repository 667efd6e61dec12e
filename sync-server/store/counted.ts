/** The campaigns of a workspace with their counters, as reports across campaigns read them. */
import type { Counted } from "#domain/analytics/counted.ts";
import type { Id } from "#domain/core/id.ts";
import type { Store } from "./store.ts";

/** Those that were deleted too: no total moves when a campaign leaves the lists (AMB-22). */
export async function countedIn(
  { sync }: { readonly sync: Pick<Store["sync"], "list"> },
  workspace: Id,
): Promise<readonly Counted[]> {
  const [campaigns, deleted, rollups] = await Promise.all([
    sync.list({ workspace, kind: "campaign" }),
    sync.list({ workspace, kind: "deletedCampaign" }),
    sync.list({ workspace, kind: "rollup" }),
  ]);
  const byId = new Map(rollups.map((rollup) => [rollup.id, rollup]));
  return [...campaigns, ...deleted]
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map((campaign) => ({ campaign, rollup: byId.get(campaign.id) ?? null }));
}
