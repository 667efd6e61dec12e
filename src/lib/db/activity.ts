/** The last known activity, for reading without a network. */
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import { unlessEnded } from "./ended.ts";
import type { ActivityEntry, ClientDb, StoredActivity } from "./client-db.ts";

export function loadActivity(
  db: ClientDb,
  campaign: Id | null,
): Promise<StoredActivity | undefined> {
  return db.activity.get(campaign ?? "");
}

export async function saveActivity(
  db: ClientDb,
  campaign: Id | null,
  entries: readonly ActivityEntry[],
  at: Instant,
): Promise<void> {
  await unlessEnded(db, [db.activity], () =>
    db.activity.put({ campaignId: campaign ?? "", entries, at }),
  );
}
