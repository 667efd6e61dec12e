/** Campaigns that watch their contacts, each brought on by a part in each step. */
import type { Instant } from "#domain/core/time.ts";
import { lateMs } from "#domain/schedule/late.ts";
import type { DueWatch, LiveStore } from "../store/live-store.ts";
import { earlier } from "./earlier.ts";
import type { FaultPoint } from "./carriers.ts";
import type { Troubles } from "./troubles.ts";

/** Contacts looked at in one transaction. */
const watchBatch = 1_000;

export interface WatchDeps {
  readonly store: { readonly delivery: Pick<LiveStore, "watch"> };
  readonly troubles: Pick<Troubles, "guard">;
  readonly point: (name: FaultPoint) => void;
}

/** Answers when to look again; null: when something changes. */
export async function tendWatches(
  { store, troubles, point }: WatchDeps,
  watches: readonly DueWatch[],
  now: Instant,
): Promise<Instant | null> {
  let next: Instant | null = null;
  for (const { distribution, workspace, campaignId, dueAt } of watches) {
    if (dueAt === null) continue;
    if (dueAt > now) {
      next = earlier(next, dueAt);
      continue;
    }
    const about = { distribution, workspace, campaignId };
    const again = await troubles.guard(about, now, async () => {
      await store.delivery.watch({ distribution, batch: watchBatch, graceMs: lateMs, now });
      point("watched");
      return now;
    });
    next = earlier(next, again);
  }
  return next;
}
