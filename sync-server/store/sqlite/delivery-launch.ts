/** From a campaign that shall go out to the frozen rows of its recipients. */
import type { Campaign } from "#domain/campaign/campaign.ts";
import { addressKindOf } from "#domain/campaign/channel.ts";
import { fallbackOf } from "#domain/campaign/fallback.ts";
import { dueAt, timed } from "#domain/campaign/launch.ts";
import type { Instant } from "#domain/core/time.ts";
import { tracksOpens } from "#domain/engagement/open.ts";
import { newKeyForm } from "#domain/message/key-form.ts";
import type { DeliveryStore } from "../delivery-store.ts";
import type { Database, Row } from "./database.ts";
import { isShort, poolOf, reserveCodes, whoGetsCodes } from "./delivery-codes.ts";
import { createFaller, type Faller } from "./delivery-fall.ts";
import { nextMembers, ruleOf } from "./delivery-members.ts";
import { createMover, type Mover } from "./delivery-moves.ts";
import { chunkRows, type Place } from "./delivery-place.ts";
import {
  campaignOf,
  distributionOf,
  messageOf,
  movedOn,
  phaseOf,
  publishCampaign,
  tellActivity,
  type Distribution,
} from "./delivery-rows.ts";
import { createSlots, whereaboutsOf } from "./delivery-timing.ts";
import { prepareWatch } from "./delivery-watch-prepare.ts";
import { documentOf, freezeFallback, isSimulation, keying, priceOf } from "./frozen-accounts.ts";
import { isAtWork } from "./indexed.ts";
import { noteNotice, notePause } from "./notice-intents.ts";
import type { Operations } from "./operation.ts";

type Launching = Pick<Operations<DeliveryStore>, "replan" | "comeDue" | "launch" | "freeze">;

export const launching: Launching = {
  replan: (db, { now }) => {
    const planned = db.all(
      `select workspace, doc from document
        where ${isAtWork}
          and phase in ('scheduled', 'active') and due_at is not null`,
    );
    let moved = 0;
    for (const { workspace, doc } of planned) {
      const campaign: Campaign = JSON.parse(String(doc));
      if (replan(db, String(workspace), campaign, now)) moved += 1;
    }
    return moved;
  },

  comeDue: (db, { workspace, campaignId, graceMs, now }) => {
    const campaign = campaignOf(db, workspace, campaignId);
    const schedule = campaign?.schedule;
    if (campaign === null || schedule === null || schedule === undefined) return;
    if (campaign.phase !== "scheduled" || dueAt(schedule) > now) return;
    if (schedule.ifLate === "hold" && now - schedule.at > graceMs) {
      const held: Campaign = {
        ...campaign,
        rev: campaign.rev + 1,
        phase: "pending",
        schedule: null,
        held: { plannedFor: schedule.at, zone: schedule.zone },
      };
      publishCampaign(db, workspace, { ...held, updatedAt: now }, now);
      noteNotice(db, workspace, { campaign: campaignId, cause: "missed", now });
      const detail = { plannedFor: schedule.at };
      tellActivity(db, workspace, { campaignId, event: "engine.held", at: now, detail });
      return;
    }
    const launched = movedOn(campaign, "due", now);
    if (launched === null) return;
    publishCampaign(db, workspace, { ...launched, launchedAt: now }, now);
    tellActivity(db, workspace, { campaignId, event: "engine.launched", at: now });
  },

  launch: (db, { workspace, campaignId, keyed, keyRetentions = {}, wrong = null, now }) => {
    const campaign = campaignOf(db, workspace, campaignId);
    if (campaign === null || campaign.phase !== "preparing") return;
    const account = documentOf(db, workspace, "account", campaign.accountId);
    const audience = documentOf(db, workspace, "audience", campaign.audienceId);
    const misses = wrong ?? goneText(account, audience) ?? goneSecond(db, workspace, campaign);
    if (account === null || audience === null || misses !== null) {
      const detail = misses ?? "";
      standStill(db, workspace, campaign, { reason: "not_ready", detail, now });
      return;
    }
    const provider = String(account["provider"]);
    db.run(
      `insert into distribution (workspace, ws, campaign, account, provider, keyed, key_retention, simulated, channel,
         key_form, content, rule, price, code_pool, tracks_links, tracks_opens, by_carrier, stage, created_at)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'freezing', ?)
       on conflict (workspace, campaign) do nothing`,
      workspace,
      workspaceSeq(db, workspace, now),
      campaignId,
      String(account["id"]),
      provider,
      ...keying(account, { keyed, keyRetentions }),
      isSimulation(account) ? 1 : 0,
      campaign.type,
      newKeyForm,
      JSON.stringify(campaign.content),
      JSON.stringify(audience["rule"]),
      priceOf(account),
      poolOf(db, workspace, campaign),
      ...tracking(campaign),
      now,
    );
    freezeFallback(db, workspace, campaign, { keyed, keyRetentions });
  },

  freeze: (db, { distribution: seq, batch, now }) => {
    const distribution = distributionOf(db, seq);
    if (distribution.stage !== "freezing") return "frozen";
    const campaign = campaignOf(db, distribution.workspace, distribution.campaign);
    if (campaign === null || phaseOf(db, distribution) !== "preparing") return "stopped";
    // People enter one by one, as it happens for them.
    if ((campaign.trigger ?? null) !== null) {
      const left = prepareWatch(db, distribution, { campaign, batch, now });
      if (left === "more") return "more";
      open(db, distribution, { campaign, total: 0, now });
      return "frozen";
    }
    const { cursor: after } = distribution;
    const rule = ruleOf(db, distribution);
    const contacts = nextMembers(db, distribution, { rule, after, limit: batch });
    const slotOf = createSlots(campaign.schedule);
    const coded = codedOf(db, distribution, contacts, now);
    if (
      distribution.codePool !== null &&
      isShort(db, distribution.codePool, campaign, coded.size)
    ) {
      const { workspace } = distribution;
      const detail = "The code pool has too few codes";
      standStill(db, workspace, campaign, { reason: "codes", detail, now });
      return "stopped";
    }
    const slots = contacts.map((row) => ({
      contact: row,
      dueAt: slotOf === null ? 0 : slotOf(whereaboutsOf(row)),
      isCoded: coded.has(row),
    }));
    // Chunks of one time each, but for those at the edges: who shares a chunk is looked at once.
    // Those with codes stand together, as their codes do.
    slots.sort((a, b) => a.dueAt - b.dueAt || Number(b.isCoded) - Number(a.isCoded));
    const total = addMessages(db, distribution, slots, now);
    const cursor = contacts.length === 0 ? distribution.cursor : Number(contacts.at(-1)?.["seq"]);
    db.run("update distribution set cursor = ?, total = ? where seq = ?", cursor, total, seq);
    if (contacts.length === batch) return "more";
    open(db, distribution, { campaign, total, now });
    return "frozen";
  },
};

/** Whether the zone's rules of today put what clocks shall show at another moment than those of before. */
function replan(db: Database, workspace: string, campaign: Campaign, now: Instant): boolean {
  const { id: campaignId, schedule } = campaign;
  const today = schedule === null ? null : timed(schedule);
  if (schedule === null || today === null || today.at === schedule.at) return false;
  const changed = { ...campaign, schedule: today, rev: campaign.rev + 1, updatedAt: now };
  publishCampaign(db, workspace, changed, now);
  const detail = { from: schedule.at, to: today.at, zone: today.zone };
  tellActivity(db, workspace, { campaignId, event: "engine.replanned", at: now, detail });
  return true;
}

interface Standing {
  readonly reason: "not_ready" | "codes";
  /** What is missing, in words. */
  readonly detail: string;
  readonly now: Instant;
}

/** Something that it needs was deleted or spoilt since it was planned, or used up: a person has to look. */
function standStill(
  db: Database,
  workspace: string,
  campaign: Campaign,
  { reason, detail, now }: Standing,
): void {
  const paused = movedOn(campaign, "pause", now);
  if (paused === null) return;
  publishCampaign(db, workspace, { ...paused, pauseReason: reason }, now);
  notePause(db, workspace, { campaign: campaign.id, reason, now });
  tellActivity(db, workspace, {
    campaignId: campaign.id,
    event: "engine.paused",
    at: now,
    detail: { reason, detail },
  });
}

/** The workspace's short number, which is the first part of every message's key. */
function workspaceSeq(db: Database, workspace: string, now: Instant): number {
  db.run(
    "insert into workspace (id, created_at) values (?, ?) on conflict (id) do nothing",
    workspace,
    now,
  );
  return Number(db.get("select seq from workspace where id = ?", workspace)?.["seq"]);
}

/** The contacts that get a code now. */
function codedOf(
  db: Database,
  distribution: Distribution,
  contacts: readonly Row[],
  now: Instant,
): ReadonlySet<Row> {
  if (distribution.codePool === null) return new Set();
  return whoGetsCodes(db, distribution, contacts, now);
}

/** Somebody's turn: when the planned time comes where they live; 0 when it has come for all. */
interface Slot {
  readonly contact: Row;
  readonly dueAt: Instant;
  /** Whether a code is kept for its message. */
  readonly isCoded: boolean;
}

/** Answers the number of messages there are now. */
function addMessages(
  db: Database,
  distribution: Distribution,
  slots: readonly Slot[],
  now: Instant,
): number {
  const kind = addressKindOf[distribution.channel];
  const mover = createMover(db, distribution);
  const fallBack = createFaller(db, distribution, mover, now);
  let n = distribution.total;
  addChunks(db, distribution, { first: n + 1, last: n + slots.length }, slots);
  const coded: number[] = [];
  for (const { contact, dueAt: turnAt, isCoded } of slots) {
    n += 1;
    const isQueued = addMessage(db, distribution, mover, { n, kind, contact, now });
    if (!isQueued) fallFrom(db, distribution, fallBack, { n, at: Math.max(turnAt, now) });
    if (isQueued && isCoded) coded.push(n);
  }
  mover.finish();
  reserveCodes(db, distribution, coded, now);
  return n;
}

/** Who has no address for the campaign's own channel may have one for the other. */
function fallFrom(
  db: Database,
  distribution: Distribution,
  fallBack: Faller,
  { n, at }: { readonly n: number; readonly at: Instant },
): void {
  if (!distribution.fallsBack) return;
  const message = messageOf(db, distribution, n);
  if (message !== null) fallBack(message, at);
}

interface Candidate {
  readonly n: number;
  readonly kind: "email" | "phone";
  readonly contact: Row;
  readonly now: Instant;
}

/** Answers whether it waits for its turn. */
function addMessage(
  db: Database,
  { ws, seq }: Place,
  mover: Mover,
  { n, kind, contact, now }: Candidate,
): boolean {
  const found = contact[kind];
  const address = typeof found === "string" ? found : "";
  const name = `${String(contact["first_name"])} ${String(contact["last_name"])}`.trim();
  const message = { n, contact: Number(contact["seq"]), address, name };
  if (address === "") {
    mover.add({ ...message, state: "skipped", reason: "no_address" }, now);
    return false;
  }
  const isFirst =
    db.run(
      "insert into taken (ws, distribution, address) values (?, ?, ?) on conflict do nothing",
      ws,
      seq,
      address,
    ) === 1;
  if (isFirst) mover.add({ ...message, state: "queued", reason: "none" }, now);
  else mover.add({ ...message, state: "skipped", reason: "duplicate_recipient" }, now);
  return isFirst;
}

function addChunks(
  db: Database,
  { ws, seq }: Place,
  { first, last }: { readonly first: number; readonly last: number },
  slots: readonly Slot[],
): void {
  for (let n = first; n <= last; n = (Math.floor((n - 1) / chunkRows) + 1) * chunkRows + 1) {
    const k = Math.floor((n - 1) / chunkRows);
    db.run(
      `insert into chunk (ws, distribution, k, last, next, due_at) values (?, ?, ?, ?, ?, ?)
       on conflict do update set last = excluded.last, due_at = min(due_at, excluded.due_at)`,
      ws,
      seq,
      k,
      Math.min(last, (k + 1) * chunkRows),
      n,
      // The first of the sorted slots is the earliest.
      slots[n - first]?.dueAt ?? 0,
    );
  }
}

/** Everybody is frozen: the campaign becomes active. */
function open(
  db: Database,
  { workspace, ws, seq }: Distribution,
  { campaign, total, now }: { campaign: Campaign; total: number; now: Instant },
): void {
  db.run("delete from taken where ws = ? and distribution = ?", ws, seq);
  db.run("update distribution set stage = 'sending', ver = ver + 1 where seq = ?", seq);
  const active = movedOn(campaign, "prepared", now);
  if (active === null) return;
  publishCampaign(db, workspace, { ...active, total }, now);
  const line = { campaignId: campaign.id, event: "engine.prepared", at: now, detail: { total } };
  tellActivity(db, workspace, line);
}

function goneText(account: Row | null, audience: Row | null): string | null {
  if (account !== null && audience !== null) return null;
  return `The ${account === null ? "account" : "audience"} was deleted`;
}

function goneSecond(db: Database, workspace: string, campaign: Campaign): string | null {
  const second = fallbackOf(campaign)?.accountId ?? null;
  const isGone = second !== null && documentOf(db, workspace, "account", second) === null;
  return isGone ? "The account of the text message instead was deleted" : null;
}

/** Whether its links are tracked, its pages tell of opens, and its carriers are counted. */
function tracking(campaign: Campaign): readonly [links: number, opens: number, carriers: number] {
  const toPhones = addressKindOf[campaign.type] === "phone";
  return [campaign.trackLinks === true ? 1 : 0, tracksOpens(campaign) ? 1 : 0, toPhones ? 1 : 0];
}
