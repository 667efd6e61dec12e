/**
 * Whether the same trouble with an account shows in one campaign after the other: then it is not
 * the campaign, and whoever runs the account's provider has to be asked (S3-34).
 */
import type { Campaign } from "../campaign/campaign.ts";
import type { Id } from "../core/id.ts";
import type { Instant } from "../core/time.ts";
import { reasonClass, type Reason } from "../message/reason.ts";
import type { Rollup } from "./rollup.ts";

/** In so many campaigns the same trouble is no accident. */
export const troubledCampaigns = 3;

/** Campaigns of before are not asked about: what was mended since says nothing of today. */
const lookedAt = 20;

export interface Troubled {
  readonly campaignId: Id;
  readonly number: number | null;
  readonly launchedAt: Instant;
  /** Messages that ended so. */
  readonly n: number;
}

export interface RepeatedTrouble {
  readonly reason: Reason;
  /** Newest first; at least one. */
  readonly campaigns: readonly Troubled[];
  /** Whether it shows in enough of them to ask for help. */
  readonly isRepeated: boolean;
}

interface Sent {
  readonly campaign: Pick<Campaign, "id" | "number" | "accountId" | "launchedAt">;
  readonly rollup: Pick<Rollup, "reasons"> | null;
}

/** Whether a reason is about the account and the way to its provider, not about one recipient or text. */
export function isOfAccount(reason: Reason): boolean {
  const kind = reasonClass(reason);
  return kind === "sender" || kind === "provider" || kind === "limit" || reason === "config_error";
}

/** The trouble with an account that most of its last campaigns share; null: none had any. */
export function repeatedTrouble(rows: readonly Sent[], accountId: Id): RepeatedTrouble | null {
  const found = new Map<Reason, Troubled[]>();
  for (const { campaign, rollup } of lastOf(rows, accountId)) {
    for (const [reason, n] of troublesOf(rollup)) {
      const { id: campaignId, number, launchedAt } = campaign;
      const troubled = { campaignId, number, launchedAt: launchedAt ?? 0, n };
      found.set(reason, [...(found.get(reason) ?? []), troubled]);
    }
  }
  const [most] = [...found].toSorted(([, a], [, b]) => b.length - a.length);
  if (most === undefined) return null;
  const [reason, campaigns] = most;
  return { reason, campaigns, isRepeated: campaigns.length >= troubledCampaigns };
}

function lastOf(rows: readonly Sent[], accountId: Id): readonly Sent[] {
  return rows
    .filter(({ campaign }) => campaign.accountId === accountId && campaign.launchedAt !== null)
    .toSorted((a, b) => (b.campaign.launchedAt ?? 0) - (a.campaign.launchedAt ?? 0))
    .slice(0, lookedAt);
}

function troublesOf(rollup: Sent["rollup"]): ReadonlyMap<Reason, number> {
  const counts = new Map<Reason, number>();
  for (const { state, reason, n } of rollup?.reasons ?? []) {
    const hasFailed = state === "failed" || state === "undelivered" || state === "unconfirmed";
    if (hasFailed && n > 0 && isOfAccount(reason))
      counts.set(reason, (counts.get(reason) ?? 0) + n);
  }
  return counts;
}
