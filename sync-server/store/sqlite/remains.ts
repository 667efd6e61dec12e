/** A campaign that is deleted leaves its remains, and one that comes back takes them away. */
import { remainsOf } from "#domain/analytics/deleted.ts";
import type { Campaign } from "#domain/campaign/campaign.ts";
import type { Instant } from "#domain/core/time.ts";
import type { Write } from "#domain/sync/decision.ts";
import type { Database } from "./database.ts";

/** The writes with what they leave behind, in the same transaction: no total ever lacks it. */
export function withRemains(
  db: Database,
  workspace: string,
  writes: readonly Write[],
  now: Instant,
): readonly Write[] {
  const more = writes.flatMap((write) => remainsAfter(db, workspace, write, now));
  return more.length === 0 ? writes : [...writes, ...more];
}

function remainsAfter(
  db: Database,
  workspace: string,
  { kind, id, doc }: Write,
  now: Instant,
): readonly Write[] {
  if (kind !== "campaign") return [];
  if (doc !== null) {
    const isBack = livingDocument(db, workspace, "deletedCampaign", id) !== null;
    return isBack ? [{ kind: "deletedCampaign", id, doc: null }] : [];
  }
  const text = livingDocument(db, workspace, "campaign", id);
  if (text === null) return [];
  const campaign: Campaign = JSON.parse(text);
  const left = remainsOf(campaign, now);
  return left === null ? [] : [{ kind: "deletedCampaign", id, doc: left }];
}

function livingDocument(
  db: Database,
  workspace: string,
  kind: Write["kind"],
  id: string,
): string | null {
  const row = db.get(
    "select doc from document where workspace = ? and kind = ? and id = ? and dead = 0",
    workspace,
    kind,
    id,
  );
  return typeof row?.["doc"] === "string" ? row["doc"] : null;
}
