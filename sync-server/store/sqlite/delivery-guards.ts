/** How accounts stand, and what the system pauses and resumes because of it. */
import { awaitsYes } from "#domain/campaign/approval.ts";
import { guardsOf, type Account, type Standing } from "#domain/campaign/account.ts";
import type { Campaign } from "#domain/campaign/campaign.ts";
import type { PauseReason } from "#domain/campaign/lifecycle.ts";
import { pauseEndsAt } from "#domain/campaign/pause.ts";
import { hourMs, type Instant } from "#domain/core/time.ts";
import {
  breakerStates,
  closedBreaker,
  pauseReasonOf,
  resumesItself,
  type Breaker,
} from "#domain/message/breaker.ts";
import { reasons } from "#domain/message/reason.ts";
import type { DeliveryStore } from "../delivery-store.ts";
import type { AccountState, GuardStore } from "../guard-store.ts";
import type { Database, Row } from "./database.ts";
import { movedOn, publishCampaign, tellActivity } from "./delivery-rows.ts";
import { publish } from "./feeds.ts";
import { noteNotice, notePause } from "./notice-intents.ts";
import type { Operations } from "./operation.ts";
import { findRests, storeRests } from "./domain-rests.ts";
import { findWarmth, storeWarmth } from "./sender-warmth.ts";

export const guarding: Operations<GuardStore> = {
  accountState: (db, { workspace, accountId }) => {
    const state = findState(db, workspace, accountId);
    if (state === null) return null;
    return { ...state, domains: findRests(db, { workspace, account: accountId }) };
  },

  warmth: (db, { workspace, sender }) => findWarmth(db, workspace, sender),

  keepAccount: (db, { workspace, accountId, state, now }) =>
    keepAccountState(db, { workspace, account: accountId }, state, now),

  endPauses: (db, { warnMs, now }) => {
    let next: Instant | null = null;
    for (const { workspace, campaign: found } of withPhase(db, "paused")) {
      const campaign = pausedByNow(db, workspace, found, now);
      const endsAt = pauseEndsAt(campaign);
      if (endsAt === null) continue;
      if (endsAt <= now) endPause(db, workspace, campaign, now);
      else {
        const isWarned = endsAt - warnMs <= now;
        if (isWarned) warnOnce(db, workspace, campaign, { endsAt, now });
        const at = isWarned ? endsAt : endsAt - warnMs;
        next = next === null ? at : Math.min(next, at);
      }
    }
    return next;
  },

  standStill: (db, { reason, now }) => {
    const found = withPhase(db, "active");
    for (const { workspace, campaign } of found) {
      pauseCampaign(db, workspace, campaign, { reason, detail: "", now });
    }
    return found.length;
  },

  proveSpace: (db) => {
    db.run("insert into ballast (filler) values (zeroblob(?))", spaceBytes);
    db.run("delete from ballast");
  },

  goOn: (db, { reason, now }) => {
    const found = withPhase(db, "paused").filter(({ campaign }) => campaign.pauseReason === reason);
    for (const { workspace, campaign } of found) resumeCampaign(db, workspace, campaign, now);
    return found.length;
  },
};

/** Clocks of servers differ by less. */
const aheadMs = hourMs;

/**
 * A clock that was years ahead and is right again: a pause that it dated lasts from now on, and not
 * until then.
 */
function pausedByNow(db: Database, workspace: string, campaign: Campaign, now: Instant): Campaign {
  const { pausedAt = null, rev } = campaign;
  if (pausedAt === null || pausedAt <= now + aheadMs) return campaign;
  const dated = { ...campaign, rev: rev + 1, pausedAt: now };
  publishCampaign(db, workspace, dated, now);
  return dated;
}

/** More than any transaction of the engine writes at once. */
const spaceBytes = 1024 * 1024;

export interface AccountKey {
  readonly workspace: string;
  readonly account: string;
}

/** What results leave behind beside the messages: how the account stands, and how the last ones ended. */
export function keepWithResults(
  db: Database,
  distribution: AccountKey & { readonly seq: number },
  {
    account,
    recent,
    now,
  }: Pick<Parameters<DeliveryStore["settle"]>[0], "account" | "recent" | "now">,
): void {
  if (account !== undefined && account !== null) keepAccountState(db, distribution, account, now);
  if (recent === undefined) return;
  db.run("update distribution set recent = ? where seq = ?", recent, distribution.seq);
}

/** Remembers how an account stands; pauses and resumes its campaigns when its breaker turned. */
export function keepAccountState(
  db: Database,
  key: AccountKey,
  state: AccountState,
  now: Instant,
): void {
  const before = findState(db, key.workspace, key.account)?.breaker ?? closedBreaker;
  store(db, key, state);
  if (state.sender) storeWarmth(db, key.workspace, state.sender);
  storeRests(db, key, state.domains ?? []);
  const { breaker } = state;
  const isSame =
    before.state === breaker.state &&
    before.retryAt === breaker.retryAt &&
    before.detail === breaker.detail;
  if (isSame && breaker.state !== "open") return;
  if (!isSame) showStanding(db, key, breaker, now);
  if (breaker.state === "open") pauseThrough(db, key, breaker, now);
  if (breaker.state === "closed") resumeThrough(db, key, before, now);
}

/** Every active campaign through the account stops, except where nothing is left to hand over. */
function pauseThrough(db: Database, key: AccountKey, breaker: Breaker, now: Instant): void {
  const reason = pauseReasonOf(breaker.reason);
  for (const campaign of campaignsThrough(db, key, "active")) {
    pauseCampaign(db, key.workspace, campaign, { reason, detail: breaker.detail, now });
  }
}

function resumeThrough(db: Database, key: AccountKey, before: Breaker, now: Instant): void {
  const account = accountOf(db, key);
  if (account === null || !resumesItself(before.reason, guardsOf(account))) return;
  const reason = pauseReasonOf(before.reason);
  for (const campaign of campaignsThrough(db, key, "paused")) {
    if (campaign.pauseReason === reason) resumeCampaign(db, key.workspace, campaign, now);
  }
}

function showStanding(db: Database, key: AccountKey, breaker: Breaker, now: Instant): void {
  const account = accountOf(db, key);
  if (account === null) return;
  const doc: Account = { ...account, standing: standingOf(breaker) };
  publish(db, key.workspace, [{ kind: "account", id: key.account, doc }], now);
}

function standingOf({ state, reason, detail, since, retryAt }: Breaker): Standing | null {
  if (state === "closed") return null;
  const pauseReason = pauseReasonOf(reason);
  return { state, pauseReason, reason: reason ?? "unknown", detail, since: since ?? 0, retryAt };
}

function accountOf(db: Database, { workspace, account }: AccountKey): Account | null {
  const row = db.get(
    "select doc from document where workspace = ? and kind = 'account' and id = ? and dead = 0",
    workspace,
    account,
  );
  return row === undefined ? null : JSON.parse(String(row["doc"]));
}

/** Those of a phase that have messages left to hand over. */
function campaignsThrough(
  db: Database,
  { workspace, account }: AccountKey,
  phase: "active" | "paused",
): readonly Campaign[] {
  return db
    .all(
      `select c.doc from distribution d indexed by distribution_open
         join document c on c.workspace = d.workspace and c.kind = 'campaign' and c.id = d.campaign
        where d.stage <> 'done' and d.workspace = ? and (d.account = ? or (d.falls_back = 1 and exists
            (select 1 from fallback f where f.distribution = d.seq and f.account = ?)))
          and c.phase = ? and c.dead = 0
          and exists (select 1 from tally t
            where t.ws = d.ws and t.distribution = d.seq and t.state < 3 and t.n > 0)`,
      workspace,
      account,
      account,
      phase,
    )
    .map((row) => JSON.parse(String(row["doc"])));
}

interface Pause {
  readonly reason: PauseReason;
  readonly detail: string;
  readonly now: Instant;
}

/** The engine stops a campaign. Nothing when it is not running. */
export function pauseCampaign(
  db: Database,
  workspace: string,
  campaign: Campaign,
  { reason, detail, now }: Pause,
): void {
  const paused = movedOn(campaign, "pause", now);
  if (paused === null) return;
  publishCampaign(db, workspace, { ...paused, pauseReason: reason }, now);
  notePause(db, workspace, { campaign: campaign.id, reason, now });
  const line = { campaignId: campaign.id, event: "engine.paused", at: now };
  tellActivity(db, workspace, { ...line, detail: { reason, detail } });
}

/** The engine lets a campaign go on, unless an edit of it waits for somebody's yes. */
export function resumeCampaign(
  db: Database,
  workspace: string,
  campaign: Campaign,
  now: Instant,
): void {
  if (awaitsYes(campaign)) return;
  const resumed = movedOn(campaign, "resume", now);
  if (resumed === null) return;
  publishCampaign(db, workspace, resumed, now);
  tellActivity(db, workspace, { campaignId: campaign.id, event: "engine.resumed", at: now });
}

interface Found {
  readonly workspace: string;
  readonly campaign: Campaign;
}

function withPhase(db: Database, phase: "active" | "paused"): readonly Found[] {
  const rows =
    phase === "active"
      ? db.all("select workspace, doc from document where phase = 'active' and dead = 0")
      : db.all("select workspace, doc from document where phase = 'paused' and dead = 0");
  return rows.map((row) => ({
    workspace: String(row["workspace"]),
    campaign: JSON.parse(String(row["doc"])),
  }));
}

function warnOnce(
  db: Database,
  workspace: string,
  campaign: Campaign,
  { endsAt, now }: { readonly endsAt: Instant; readonly now: Instant },
): void {
  const known = db.get(
    `select 1 from activity where workspace = ? and campaign = ? and at >= ?
      and event = 'engine.expiring' limit 1`,
    workspace,
    campaign.id,
    campaign.pausedAt ?? campaign.updatedAt,
  );
  if (known !== undefined) return;
  noteNotice(db, workspace, { campaign: campaign.id, cause: "expiring", now });
  const line = { campaignId: campaign.id, event: "engine.expiring", at: now };
  tellActivity(db, workspace, { ...line, detail: { endsAt } });
}

function endPause(db: Database, workspace: string, campaign: Campaign, now: Instant): void {
  const canceled = movedOn(campaign, "cancel", now);
  if (canceled === null) return;
  publishCampaign(db, workspace, { ...canceled, completedAt: now }, now);
  noteNotice(db, workspace, { campaign: campaign.id, cause: "expired", now });
  const line = { campaignId: campaign.id, event: "engine.expired", at: now };
  tellActivity(db, workspace, { ...line, detail: { reason: campaign.pauseReason } });
}

function findState(db: Database, workspace: string, account: string): AccountState | null {
  const row = db.get(
    "select * from account_state where workspace = ? and account = ?",
    workspace,
    account,
  );
  return row === undefined ? null : toState(row);
}

function toState(row: Row): AccountState {
  return {
    breaker: {
      state: breakerStates.find((each) => each === row["breaker"]) ?? "closed",
      failures: Number(row["failures"]),
      reason: reasons.find((each) => each === row["reason"]) ?? null,
      detail: String(row["detail"]),
      since: orNull(row["since"]),
      retryAt: orNull(row["retry_at"]),
      probes: Number(row["probes"]),
    },
    learned: {
      rate: orNull(row["rate"]),
      from: Number(row["rate_from"]),
      at: Number(row["rate_at"]),
    },
    blockedUntil: Number(row["blocked_until"]),
    ramp: Number(row["ramp"]),
    tokens: Number(row["tokens"]),
    claimedAt: Number(row["claimed_at"]),
  };
}

function orNull(value: unknown): number | null {
  return value === null ? null : Number(value);
}

function store(db: Database, { workspace, account }: AccountKey, state: AccountState): void {
  const { breaker, learned } = state;
  db.run(
    `insert or replace into account_state (workspace, account, breaker, failures, reason, detail,
       since, retry_at, probes, rate, rate_from, rate_at, blocked_until, ramp, tokens, claimed_at)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    workspace,
    account,
    breaker.state,
    breaker.failures,
    breaker.reason,
    breaker.detail,
    breaker.since,
    breaker.retryAt,
    breaker.probes,
    learned.rate,
    learned.from,
    Math.round(learned.at),
    Math.round(state.blockedUntil),
    state.ramp,
    state.tokens,
    Math.round(state.claimedAt),
  );
}
