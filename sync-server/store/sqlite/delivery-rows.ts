/** Reading what the engine's operations share: a distribution, its campaign, its messages. */
import type { Account } from "#domain/campaign/account.ts";
import type { Campaign } from "#domain/campaign/campaign.ts";
import { isComplete } from "#domain/campaign/campaign.ts";
import { channels, type Channel } from "#domain/campaign/channel.ts";
import { isLive } from "#domain/campaign/live.ts";
import { next, type LifecycleEvent } from "#domain/campaign/lifecycle.ts";
import type { Instant } from "#domain/core/time.ts";
import { fallbackChannel } from "#domain/campaign/fallback.ts";
import { keyForms, type KeyForm } from "#domain/message/key-form.ts";
import { stateCodes } from "#domain/message/state.ts";
import type { Stage, Way } from "../distribution.ts";
import type { DistributionSeq } from "../live-store.ts";
import type { ActivityEntry } from "../sync-store.ts";
import type { Database, Row } from "./database.ts";
import { messageColumns, toMessage, type Message } from "./delivery-moves.ts";
import { chunkRows, type Place } from "./delivery-place.ts";
import { isBy, wayCodes } from "./fallen.ts";
import { publish } from "./feeds.ts";
import { addActivity } from "./activity-lines.ts";

/** A distribution as the operations need it. */
export interface Distribution extends Place {
  /** By which of its ways it is looked at: account, channel and keys are those of that way. */
  readonly way: Way;
  /** Whether it sends a text message to whoever it does not reach. */
  readonly fallsBack: boolean;
  readonly workspace: string;
  readonly campaign: string;
  readonly account: string;
  readonly channel: Channel;
  readonly keyForm: KeyForm;
  readonly isKeyed: boolean;
  /** For how long a repeated key acts once; null: for ever, or it never does. */
  readonly keyRetentionMs: number | null;
  /** Nobody is written to: what becomes of its messages says nothing of people. */
  readonly isSimulated: boolean;
  readonly stage: Stage;
  readonly cursor: number;
  readonly total: number;
  readonly ver: number;
  readonly flushed: number;
  readonly run: number;
  /** The pool that its messages have codes of; null: they have none. */
  readonly codePool: number | null;
  /** Whether its messages are counted by carrier. */
  readonly byCarrier: boolean;
  /** The number of its newest text. */
  readonly edition: number;
  readonly createdAt: Instant;
}

const stages = [
  "freezing",
  "sending",
  "retrying",
  "canceling",
  "done",
] as const satisfies readonly Stage[];

export function toStage(value: unknown): Stage {
  const stage = stages.find((each) => each === value);
  if (stage === undefined) throw new Error(`no distribution has the stage ${String(value)}`);
  return stage;
}

export function toChannel(value: unknown): Channel {
  const channel = channels.find((each) => each === value);
  if (channel === undefined) throw new Error(`there is no channel ${String(value)}`);
  return channel;
}

export function toKeyForm(value: unknown): KeyForm {
  const form = keyForms.find((each) => each === value);
  if (form === undefined) throw new Error(`no keys are made as ${String(value)}`);
  return form;
}

export function findDistribution(db: Database, seq: DistributionSeq): Distribution | null {
  const row = db.get(
    `select seq, ws, workspace, campaign, account, channel, key_form, keyed, key_retention, simulated, stage, cursor, total, ver,
        flushed, run, code_pool, by_carrier, falls_back, edition, created_at
       from distribution where seq = ?`,
    seq,
  );
  return row === undefined ? null : toDistribution(row);
}

/** For operations whose caller knows that it exists: rows of `distribution` are never removed. */
export function distributionOf(db: Database, seq: DistributionSeq, way: Way = "own"): Distribution {
  const found = findDistribution(db, seq);
  if (found === null) throw new Error(`there is no distribution ${seq}`);
  return way === "own" ? found : bySecondWay(db, found);
}

/** The same as it goes by the channel that it falls back to. */
export function bySecondWay(db: Database, distribution: Distribution): Distribution {
  const { seq } = distribution;
  const row = db.get(
    "select account, keyed, key_retention, simulated from fallback where distribution = ?",
    seq,
  );
  if (row === undefined) throw new Error(`distribution ${seq} falls back to nothing`);
  return {
    ...distribution,
    way: "fallback",
    channel: fallbackChannel,
    account: String(row["account"]),
    isKeyed: row["keyed"] === 1,
    keyRetentionMs: row["key_retention"] === null ? null : Number(row["key_retention"]),
    isSimulated: row["simulated"] === 1,
  };
}

function toDistribution(row: Row): Distribution {
  return {
    seq: Number(row["seq"]),
    ws: Number(row["ws"]),
    workspace: String(row["workspace"]),
    campaign: String(row["campaign"]),
    account: String(row["account"]),
    channel: toChannel(row["channel"]),
    keyForm: toKeyForm(row["key_form"]),
    isKeyed: row["keyed"] === 1,
    keyRetentionMs: row["key_retention"] === null ? null : Number(row["key_retention"]),
    isSimulated: row["simulated"] === 1,
    stage: toStage(row["stage"]),
    cursor: Number(row["cursor"]),
    total: Number(row["total"]),
    ver: Number(row["ver"]),
    flushed: Number(row["flushed"]),
    run: Number(row["run"]),
    codePool: row["code_pool"] === null ? null : Number(row["code_pool"]),
    byCarrier: row["by_carrier"] === 1,
    way: "own",
    fallsBack: row["falls_back"] === 1,
    edition: Number(row["edition"]),
    createdAt: Number(row["created_at"]),
  };
}

/** The living document of a campaign; null when it was deleted. */
export function campaignOf(db: Database, workspace: string, id: string): Campaign | null {
  const row = db.get(
    "select doc from document where workspace = ? and kind = 'campaign' and id = ? and dead = 0",
    workspace,
    id,
  );
  return row === undefined ? null : JSON.parse(String(row["doc"]));
}

/** The account that a distribution goes through; null when it was deleted. */
export function accountOf(db: Database, { workspace, account }: Distribution): Account | null {
  const row = db.get(
    "select doc from document where workspace = ? and kind = 'account' and id = ? and dead = 0",
    workspace,
    account,
  );
  return row === undefined ? null : JSON.parse(String(row["doc"]));
}

export function phaseOf(db: Database, { workspace, campaign }: Distribution): string | null {
  const row = db.get(
    "select phase from document where workspace = ? and kind = 'campaign' and id = ? and dead = 0",
    workspace,
    campaign,
  );
  return row === undefined ? null : String(row["phase"]);
}

/** A message as it stands; null when there is none. */
export function messageOf(db: Database, { ws, seq }: Place, n: number): Message | null {
  const row = db.get(
    `select ${messageColumns} from standing where ws = ? and distribution = ? and n = ?`,
    ws,
    seq,
    n,
  );
  return row === undefined ? null : toMessage(row);
}

/** The messages of a chunk that are in one of these states. */
export function rowsOfChunk(
  db: Database,
  { ws, seq }: Place,
  k: number,
  states: readonly (keyof typeof stateCodes)[],
): readonly Message[] {
  return db
    .all(
      `select ${messageColumns} from standing where ws = ? and distribution = ? and n between ? and ?
        and state_now in (select value from json_each(?))`,
      ws,
      seq,
      k * chunkRows + 1,
      (k + 1) * chunkRows,
      JSON.stringify(states.map((state) => stateCodes[state])),
    )
    .map(toMessage);
}

/** Sets when a message is looked at again; null: never. */
export function setTimer(
  db: Database,
  place: Place & Pick<Distribution, "fallsBack">,
  n: number,
  at: Instant | null,
): void {
  const { ws, seq } = place;
  if (at === null) {
    db.run("delete from timer where ws = ? and distribution = ? and n = ?", ws, seq, n);
    return;
  }
  db.run(
    `insert into timer (ws, distribution, n, at, way) values (?, ?, ?, ?, ?)
     on conflict do update set at = excluded.at, way = excluded.way`,
    ws,
    seq,
    n,
    at,
    wayCodes[isBy(db, { ...place, way: "own" }, n) ? "own" : "fallback"],
  );
}

/** The campaign after an event of its life, or null where the event is not allowed from its phase. */
export function movedOn(campaign: Campaign, event: LifecycleEvent, now: Instant): Campaign | null {
  const from = { ...campaign, isLive: isLive(campaign) };
  const phase = next(from, event, isComplete(campaign));
  if (phase === null || phase === "gone") return null;
  return {
    ...campaign,
    rev: campaign.rev + 1,
    phase,
    pausedFrom: phase === "paused" ? campaign.phase : null,
    pauseReason: phase === "paused" ? campaign.pauseReason : null,
    pausedAt: phase === "paused" ? now : null,
    updatedAt: now,
  };
}

export function publishCampaign(
  db: Database,
  workspace: string,
  campaign: Campaign,
  now: Instant,
): void {
  publish(db, workspace, [{ kind: "campaign", id: campaign.id, doc: campaign }], now);
}

/** A line that the engine writes about a campaign. */
export function tellActivity(
  db: Database,
  workspace: string,
  line: Pick<ActivityEntry, "campaignId" | "event" | "at"> & Partial<ActivityEntry>,
): void {
  addActivity(db, workspace, { by: null, detail: {}, ...line });
}
