/** The campaigns of a workspace with their counters, as reports across campaigns read them. */
import type { Counted } from "#domain/analytics/slice.ts";
import type { Id } from "#domain/core/id.ts";
import type { Store } from "./store.ts";

export async function countedIn(
  { sync }: Pick<Store, "sync">,
  workspace: Id,
): Promise<readonly Counted[]> {
  const [campaigns, rollups] = await Promise.all([
    sync.list({ workspace, kind: "campaign" }),
    sync.list({ workspace, kind: "rollup" }),
  ]);
  const byId = new Map(rollups.map((rollup) => [rollup.id, rollup]));
  return campaigns.map((campaign) => ({ campaign, rollup: byId.get(campaign.id) ?? null }));
}
