/** What a live campaign was about to send, or may have sent already, when a restore took its history back. */
import type { Campaign } from "#domain/campaign/campaign.ts";
import { isLive } from "#domain/campaign/live.ts";
import type { Instant } from "#domain/core/time.ts";
import type { Database } from "./database.ts";
import { leaveOut } from "./delivery-left-out.ts";
import { distributionOf } from "./delivery-rows.ts";
import { wayCodes } from "./fallen.ts";

/**
 * What was due before the restore may have gone out after the copy was made: it is left out with
 * that reason, and a person decides. What is due later was surely not sent.
 */
export function holdDue(db: Database, workspace: string, campaign: Campaign, now: Instant): void {
  if (!isLive(campaign) || (campaign.trigger ?? null) === null) return;
  const row = db.get(
    "select seq from distribution where workspace = ? and campaign = ? and stage = 'sending'",
    workspace,
    campaign.id,
  );
  if (row === undefined) return;
  const distribution = distributionOf(db, Number(row["seq"]));
  const rows = db.all(
    `select t.n, t.at, m.name from timer t join message m
        on m.ws = t.ws and m.distribution = t.distribution and m.n = t.n
      where t.ws = ? and t.distribution = ? and t.way = ${wayCodes.own} and t.at <= ?
        and m.state = 0 and m.gen = 1 and m.try = 0 order by t.at, t.n`,
    distribution.ws,
    distribution.seq,
    now,
  );
  leaveOut(db, distribution, { rows, reason: "restored", now });
}
