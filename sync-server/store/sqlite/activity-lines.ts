/** Adding to the activity: lines that people read about what happened. */
import type { ActivityEntry } from "../sync-store.ts";
import type { Database } from "./database.ts";

/** Adds a line. Used by every part that does something people want to read about. */
export function addActivity(db: Database, workspace: string, entry: ActivityEntry): void {
  db.run(
    `insert into activity (workspace, seq, campaign, event, by, at, detail)
     values (?, (select coalesce(max(seq), 0) + 1 from activity where workspace = ?), ?, ?, ?, ?, ?)`,
    workspace,
    workspace,
    entry.campaignId,
    entry.event,
    entry.by,
    entry.at,
    JSON.stringify(entry.detail),
  );
}
