/** What a launch may come to by the channel that it falls back to, told before it: at the most. */
import type { Campaign } from "#domain/campaign/campaign.ts";
import { contentOfFallback, fallbackChannel, fallbackOf } from "#domain/campaign/fallback.ts";
import type { Instant } from "#domain/core/time.ts";
import { costIn, type Cost } from "#domain/report/cost.ts";
import type { PreflightDeps, PreflightOf } from "./preflight-deps.ts";
import { look } from "./preflight-look.ts";

export interface FallbackOutlook {
  /** Those who have no address for the campaign's own channel: they get the text message at once. */
  readonly straight: number;
  /** Those of the recipients who would get it, should the first channel not reach them. */
  readonly further: number;
  /** Of all of them together. */
  readonly segments: number;
  /** What that costs; null where the account has no price. */
  readonly cost: Cost | null;
}

/** null: it falls back to nothing, or its account is not there. */
export async function fallbackOutlook(
  deps: PreflightDeps,
  { workspace, campaign, rule }: PreflightOf,
  { start, now }: { readonly start: Instant; readonly now: Instant },
): Promise<FallbackOutlook | null> {
  const fallback = fallbackOf(campaign);
  if (fallback === null) return null;
  const accounts = await deps.store.sync.list({ workspace, kind: "account" });
  const account = accounts.find(({ id }) => id === fallback.accountId);
  if (account === undefined) return null;
  const channel = campaign.type;
  const counts = await deps.store.preflight.fallback({ workspace, rule, channel, now });
  const n = counts.straight + counts.further;
  const content = contentOfFallback(fallback);
  const texts: Campaign = { ...campaign, type: fallbackChannel, content };
  const seen = await look(
    deps,
    { workspace, campaign: texts, account, rule },
    { start, isFrozen: false },
  );
  const scale = seen.looked === 0 ? 0 : n / seen.looked;
  const units = Math.round(seen.segments * scale);
  const micros = Math.round(seen.micros * scale);
  return { ...counts, segments: units, cost: costIn(account.price, { units, micros }) };
}
