/** Where the messages of a campaign are: its own, or those of its runs. */
import type { Campaign } from "#domain/campaign/campaign.ts";
import type { Channel } from "#domain/campaign/channel.ts";
import { isRecurring } from "#domain/campaign/live.ts";
import type { Database } from "./database.ts";
import type { Place } from "./delivery-place.ts";
import { toChannel } from "./delivery-rows.ts";

export interface Frozen extends Place {
  readonly campaign: string;
  readonly total: number;
  readonly channel: Channel;
  readonly fallsBack: boolean;
  /** Whether the rollup that devices have is that of now. */
  readonly isShown: boolean;
}

export function placeOf(db: Database, workspace: string, campaign: string): Frozen | null {
  const row = db.get(
    `select seq, ws, total, channel, falls_back, ver = flushed as shown from distribution
      where workspace = ? and campaign = ?`,
    workspace,
    campaign,
  );
  if (row === undefined) return null;
  return {
    seq: Number(row["seq"]),
    ws: Number(row["ws"]),
    campaign,
    total: Number(row["total"]),
    channel: toChannel(row["channel"]),
    fallsBack: row["falls_back"] === 1,
    isShown: row["shown"] === 1,
  };
}

/** A recurring campaign's are those of its runs, the oldest first; of runs that were deleted, too. */
export function placesOf(db: Database, workspace: string, campaign: Campaign): readonly Frozen[] {
  const ids = isRecurring(campaign)
    ? db.all(
        "select id from document where workspace = ? and series = ? order by id",
        workspace,
        campaign.id,
      )
    : [{ id: campaign.id }];
  return ids.map(({ id }) => placeOf(db, workspace, String(id))).filter((place) => place !== null);
}
