/** From a campaign that shall go out to the frozen rows of its recipients. */
import { ignoresKeys, type Account } from "#domain/campaign/account.ts";
import type { Campaign } from "#domain/campaign/campaign.ts";
import { addressKindOf } from "#domain/campaign/channel.ts";
import { dueAt, timed } from "#domain/campaign/launch.ts";
import type { Instant } from "#domain/core/time.ts";
import { tracksOpens } from "#domain/engagement/open.ts";
import { newKeyForm } from "#domain/message/key-form.ts";
import type { DeliveryStore } from "../delivery-store.ts";
import type { Database, Row } from "./database.ts";
import { isShort, poolOf, reserveCodes, whoGetsCodes } from "./delivery-codes.ts";
import { nextMembers, ruleOf } from "./delivery-members.ts";
import { createMover, type Mover } from "./delivery-moves.ts";
import { chunkRows, type Place } from "./delivery-place.ts";
import {
  campaignOf,
  distributionOf,
  movedOn,
  phaseOf,
  publishCampaign,
  tellActivity,
  type Distribution,
} from "./delivery-rows.ts";
import { createSlots, whereaboutsOf } from "./delivery-timing.ts";
import { prepareWatch } from "./delivery-watch-prepare.ts";
import { noteNotice, notePause } from "./notice-intents.ts";
import type { Operations } from "./operation.ts";

type Launching = Pick<Operations<DeliveryStore>, "replan" | "comeDue" | "launch" | "freeze">;

export const launching: Launching = {
  replan: (db, { now }) => {
    const planned = db.all(
      `select workspace, doc from document
        where phase in ('scheduled', 'preparing', 'active', 'settling')
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
    if (account === null || audience === null || wrong !== null) {
      const detail = wrong ?? goneText(account);
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

/** As the columns `keyed` and `key_retention`. */
function keying(
  account: Row,
  {
    keyed,
    keyRetentions,
  }: Required<Pick<Parameters<DeliveryStore["launch"]>[0], "keyed" | "keyRetentions">>,
): readonly [keyed: 0 | 1, retention: number | null] {
  const provider = String(account["provider"]);
  const isKeyed = keyed.includes(provider) && !ignoresKeys({ summary: summaryOf(account) });
  return isKeyed ? [1, keyRetentions[provider] ?? null] : [0, null];
}

/** A sandbox writes to nobody; its account may still be set to act on contacts, for trying that out. */
function isSimulation(account: Row): boolean {
  return account["provider"] === "sandbox" && summaryOf(account)["actsOnContacts"] !== true;
}

function summaryOf({ summary }: Row): Account["summary"] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- accounts are stored whole
  return (summary ?? {}) as Account["summary"];
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

function documentOf(db: Database, workspace: string, kind: string, id: string | null): Row | null {
  if (id === null) return null;
  const row = db.get(
    "select doc from document where workspace = ? and kind = ? and id = ? and dead = 0",
    workspace,
    kind,
    id,
  );
  return row === undefined ? null : JSON.parse(String(row["doc"]));
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
  let n = distribution.total;
  addChunks(db, distribution, { first: n + 1, last: n + slots.length }, slots);
  const coded: number[] = [];
  for (const { contact, isCoded } of slots) {
    n += 1;
    const isQueued = addMessage(db, distribution, mover, { n, kind, contact, now });
    if (isQueued && isCoded) coded.push(n);
  }
  mover.finish();
  reserveCodes(db, distribution, coded, now);
  return n;
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

function goneText(account: Row | null): string {
  return `The ${account === null ? "account" : "audience"} was deleted`;
}

function priceOf({ price = null }: Row): string | null {
  return price === null ? null : JSON.stringify(price);
}

/** Whether its links are tracked, its pages tell of opens, and its carriers are counted. */
function tracking(campaign: Campaign): readonly [links: number, opens: number, carriers: number] {
  const toPhones = addressKindOf[campaign.type] === "phone";
  return [campaign.trackLinks === true ? 1 : 0, tracksOpens(campaign) ? 1 : 0, toPhones ? 1 : 0];
}
