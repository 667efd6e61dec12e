/** The facts on which the expected end of a launch rests. */
import { limitsOf } from "#domain/campaign/account.ts";
import { estimateEnd, type EndEstimate, type Release } from "#domain/campaign/end-estimate.ts";
import type { Instant } from "#domain/core/time.ts";
import { cold } from "#domain/message/warm-up.ts";
import type { PreflightDeps, PreflightOf } from "./preflight-deps.ts";
import type { Seen } from "./preflight-look.ts";
import { senderOf } from "./sender.ts";

interface Going {
  readonly seen: Seen;
  /** Messages that would go out. */
  readonly going: number;
  /** Of one who was looked at. */
  readonly scale: number;
  readonly startsAt: Instant;
}

export async function endOf(
  { store, clock }: PreflightDeps,
  { workspace, campaign, account }: PreflightOf,
  { seen, going, scale, startsAt }: Going,
): Promise<EndEstimate> {
  const { warmUp, perSecond, perSender, perDomain, pairSeconds } = limitsOf(account);
  const sender = senderOf(workspace, account);
  const [atWork, reached, warmth, accounts] = await Promise.all([
    store.preflight.atWork({ workspace, except: campaign.id }),
    store.preflight.reached({ workspace, accountId: account.id, now: clock() }),
    warmUp === null ? null : store.delivery.warmth({ workspace, sender }),
    store.sync.list({ workspace, kind: "account" }),
  ]);
  const ofSender = new Set(
    accounts
      .filter((each) => each.id !== account.id && senderOf(workspace, each) === sender)
      .map(({ id }) => id),
  );
  const left = (isMeant: (id: string) => boolean): readonly number[] =>
    atWork.filter(({ accountId }) => isMeant(accountId)).map((each) => each.left);
  return estimateEnd({
    startsAt,
    releases: releasesOf(seen, { going, scale, startsAt }),
    perSecond,
    perSender,
    perDomain,
    inOneDomain: Math.min(going, Math.round(Math.max(0, ...seen.domains.values()) * scale)),
    pairSeconds,
    reached,
    warmUp: warmUp === null ? null : { rule: warmUp, warmth: warmth ?? cold },
    onAccount: left((id) => id === account.id),
    onSender: left((id) => ofSender.has(id)),
  });
}

/** Those who wait go when the last of their hour may; all others at once. */
function releasesOf(
  { hours }: Seen,
  { going, scale, startsAt }: Omit<Going, "seen">,
): readonly Release[] {
  const later = [...hours.values()].map(({ until, n }) => ({ at: until, n: n * scale }));
  const waiting = later.reduce((sum, { n }) => sum + n, 0);
  // A budget, or a text that cannot be written, leaves out some of both.
  const share = waiting > going ? going / waiting : 1;
  const now = { at: startsAt, n: Math.max(0, going - waiting) };
  const all = later.map(({ at, n }) => ({ at, n: n * share }));
  return [now, ...all].filter(({ n }) => n > 0);
}
