/**
 * The device's database of one person in one workspace: what the server said (base), what the
 * person did meanwhile (overlay), and what is still to be said.
 *
 * The stores of documents hold base with overlay, so a screen reads one row and is right.
 * `shadow` holds the base of every row that a waiting command touched; without waiting commands
 * it is empty. Everything but outbox, inbox, sent, meta, draft, kept, seal, signUp and sealed is
 * a cache of the server.
 */
import { Dexie, type DBCore, type EntityTable, type Table } from "dexie";
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import type { Act } from "#domain/sync/command.ts";
import type { Lost } from "#domain/sync/decision.ts";
import type { Documents, Feed, Kind } from "#domain/sync/document.ts";
import type { Refusal } from "#domain/sync/refusal.ts";
import type { PackedPart } from "./packed-part.ts";

/** A document with overlay. `n` rises with every change on this device: "what changed since". */
export interface StoredDocument<K extends Kind> {
  readonly id: Id;
  readonly doc: Documents[K];
  readonly n: number;
}

/** The base of one row; null: the server knows no such row. */
export interface Shadow {
  readonly kind: Kind;
  readonly id: Id;
  readonly doc: Documents[Kind] | null;
}

export type OutboxState =
  /** Never left this device: it may still be taken back. */
  | "waiting"
  /** Was on its way at least once: only the server's verdict ends it. */
  | "sending"
  /** Accepted; its effect is not in our base yet. */
  | "accepted";

export interface ClaimedTime {
  readonly wall: Instant;
  readonly offset: number | null;
  readonly offsetAge: number | null;
}

/** That a command also lies outside of this device, or came from outside. It never changes then. */
export interface Copied {
  /** `saved` to a file; `handedOver` to another device; `takenIn` from a file or another device. */
  readonly how: "saved" | "handedOver" | "takenIn";
  readonly at: Instant;
}

export interface OutboxCommand {
  readonly mid: number;
  readonly uid: Id;
  readonly act: Act;
  readonly v: number;
  readonly at: ClaimedTime;
  /** The moment that its rule was decided with, by the corrected clock: a replay uses the same. */
  readonly now: Instant;
  readonly state: OutboxState;
  /** Of a command that carries typed text: the row as the person saw it with their change. */
  readonly mine: Documents[Kind] | null;
  /** Of an accepted command: the feed versions that carry its effect. */
  readonly seqs: Readonly<Partial<Record<Feed, number>>>;
  /** What it weighs (outbox-room.ts); what was written before this was kept weighs nothing. */
  readonly bytes?: number;
  /** A card about it was made: asked again after a restore, it makes no second one. */
  readonly isTold?: boolean;
  /** Dated by a comparison of clocks that an earlier start, or another tab, made. */
  readonly clock?: "recalled";
  /** Left out: it is on this device alone. */
  readonly copied?: Copied;
}

/** An accepted command, kept for some days in case the server is restored from a backup. */
export interface SentCommand extends OutboxCommand {
  readonly coveredAt: Instant;
}

/** What the server refused or wrote over, with everything that the person had typed. */
export interface Card {
  /** The command's uid. */
  readonly id: Id;
  /** `told`: it was done, and something had gone out before. */
  readonly kind: "rejected" | "merged" | "told";
  readonly act: Act;
  readonly refusal: Refusal | null;
  readonly lost: readonly Lost[];
  /** The row as the person saw it with their change; null when the command carried no text. */
  readonly mine: Documents[Kind] | null;
  /** Later commands that built on this one and fell with it. */
  readonly followers: readonly Act[];
  readonly at: Instant;
  /** Of `told`. */
  readonly gone?: Gone;
}

/** What had gone out when an act arrived that was to stop it. */
export interface Gone {
  /** When the act was done, by the server's clock. */
  readonly since: Instant;
  readonly count: number;
  /** All that a campaign has; null for messages to one person. */
  readonly total: number | null;
}

/** A row that came and is not revealed yet. */
export interface StagedRow {
  readonly feed: Feed;
  readonly ver: number;
  readonly kind: Kind;
  readonly id: Id;
  readonly doc: Documents[Kind] | null;
}

/** A part of a report block. Of `sealed` and `packed` one is null: what is sealed lies nowhere else. */
export interface StoredPart {
  readonly campaignId: Id;
  readonly n: number;
  readonly part: PackedPart["part"];
  readonly hash: string;
  /** As stored. */
  readonly bytes: number;
  readonly sealed: Sealed | null;
  readonly packed: PackedPart | null;
}

/** Which blocks a report has, by the last answer; the parts that are here may be older or fewer. */
export interface StoredReport {
  readonly campaignId: Id;
  /** When the server looked. */
  readonly asOf: Instant;
  readonly total: number;
  /** Of its rows, those whose person was erased; what was kept before this was told has none. */
  readonly erased?: number;
  readonly blocks: readonly {
    readonly n: number;
    readonly rows: number;
    readonly staticHash: string;
    readonly dynamicHash: string;
  }[];
  /** Of all its parts that are here. */
  readonly bytes: number;
  /** When somebody looked at it last. */
  readonly usedAt: Instant;
  /** Everything as the list says is here. */
  readonly isComplete: boolean;
}

export interface StoredActivity {
  /** `""` for the whole workspace. */
  readonly campaignId: Id;
  readonly entries: readonly ActivityEntry[];
  readonly at: Instant;
}

export interface ActivityEntry {
  /** A stable key. */
  readonly key: string;
  readonly campaignId: Id | null;
  /** `campaign.send`, `engine.started`, `import.done`, … */
  readonly event: string;
  /** The user, or the API key, who did it; null for the engine. */
  readonly by: Id | null;
  /** The name of the API key, where it was one; what an older version kept has none. */
  readonly byKey?: string | null;
  readonly at: Instant;
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
}

export interface Staging {
  /** The chain that the staged pages belong to. */
  readonly ch: string;
  readonly feeds: Readonly<Partial<Record<Feed, { readonly at: number; readonly more: boolean }>>>;
}

export interface SyncMeta {
  /** Made with the database; names this device's outbox to the server. */
  readonly client: Id;
  /** The nonce that counts at the server. */
  readonly instance: Id;
  /** The nonce that was said to count next, until an answer came; null: none is under way. */
  readonly next?: Id | null;
  /** This device was revoked: everything was removed, and nothing comes in any more. */
  readonly hasEnded?: true;
  /** Null until the first page. */
  readonly epoch: string | null;
  /** Changes with each checkpoint and reset: a late answer of before is told by it. */
  readonly ch: string;
  /** What the base holds of each feed. */
  readonly cursors: Readonly<Record<Feed, number>>;
  /** Pages that came and are not revealed; null between checkpoints. */
  readonly staging: Staging | null;
  /** Feeds that start again from 0; their base stays visible until the checkpoint replaces it. */
  readonly refill: Readonly<Partial<Record<Feed, { readonly h0: number }>>>;
  /** The server's history is another one: our newest sent command must be asked about once. */
  readonly mustProbe: boolean;
  /** When the base was last found to be what the server has, by the server's clock; left out: never. */
  readonly heardAt?: Instant;
  /** The last mid that was given. */
  readonly lastMid: number;
  /** Rises with each transaction that changes documents. */
  readonly n: number;
}

export interface MetaRecord {
  readonly key: string;
  readonly value: SyncMeta;
}

/** What a command says that must not lie readable on the device: addresses and signature (sealed-args.ts). */
export interface SealedRecord {
  readonly id: Id;
  readonly sealed: { readonly iv: Uint8Array<ArrayBuffer>; readonly bytes: ArrayBuffer };
}

/** Unsaved input of a form. `value`: left by an older app, or where the browser cannot encrypt. */
export interface DraftRecord {
  readonly key: string;
  readonly value?: unknown;
  readonly sealed?: Sealed;
}

/** What the browser took, as the person is told. */
export interface Eviction {
  /** When this device noticed. */
  readonly at: Instant;
  /** When the lost data was last known to be here. */
  readonly lastKeptAt: Instant;
  /** Commands that had not left the device then; they are lost. */
  readonly lostUnsent: number;
}

/** The server's last answer to a question, by its address. */
export interface AnswerRecord {
  readonly key: string;
  readonly value: unknown;
}

export interface KeptRecord {
  readonly key: "kept";
  readonly keeping: Id;
  /** The last deletion that was noticed; null: none. */
  readonly eviction: Eviction | null;
  /** Whether the person has read of it. */
  readonly isRead: boolean;
}

/**
 * `cache`: what the server has as well; its key goes when the lease is over. `work`: what nobody
 * else has yet (typed here, unsent); its key goes only when the device is wiped.
 */
export type SealPurpose = "cache" | "work";

/** An encrypted value, as it may be stored. */
export interface Sealed {
  /** 12 bytes, never used twice with one key. */
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly bytes: ArrayBuffer;
}

/** A key of seal.ts: the browser uses it and never tells it. */
export interface StoredKey {
  readonly purpose: SealPurpose;
  readonly key: CryptoKey;
}

export class ClientDb extends Dexie {
  declare campaign: EntityTable<StoredDocument<"campaign">, "id">;
  declare audience: EntityTable<StoredDocument<"audience">, "id">;
  declare account: EntityTable<StoredDocument<"account">, "id">;
  declare list: EntityTable<StoredDocument<"list">, "id">;
  declare import: EntityTable<StoredDocument<"import">, "id">;
  declare member: EntityTable<StoredDocument<"member">, "id">;
  declare workspace: EntityTable<StoredDocument<"workspace">, "id">;
  declare rollup: EntityTable<StoredDocument<"rollup">, "id">;
  declare pin: EntityTable<StoredDocument<"pin">, "id">;
  declare consentText: EntityTable<StoredDocument<"consentText">, "id">;
  declare codePool: EntityTable<StoredDocument<"codePool">, "id">;
  declare deletedCampaign: EntityTable<StoredDocument<"deletedCampaign">, "id">;
  declare erasedSignUp: EntityTable<StoredDocument<"erasedSignUp">, "id">;
  declare signUp: EntityTable<StoredDocument<"signUp">, "id">;
  declare sealed: EntityTable<SealedRecord, "id">;
  declare shadow: Table<Shadow, [Kind, Id]>;
  declare outbox: EntityTable<OutboxCommand, "mid">;
  declare inbox: EntityTable<Card, "id">;
  declare sent: EntityTable<SentCommand, "mid">;
  declare meta: EntityTable<MetaRecord, "key">;
  declare stage: Table<StagedRow, [Feed, number]>;
  declare part: Table<StoredPart, [Id, number, PackedPart["part"]]>;
  declare report: EntityTable<StoredReport, "campaignId">;
  declare activity: EntityTable<StoredActivity, "campaignId">;
  declare draft: EntityTable<DraftRecord, "key">;
  declare answer: EntityTable<AnswerRecord, "key">;
  declare kept: EntityTable<KeptRecord, "key">;
  declare seal: EntityTable<StoredKey, "purpose">;

  constructor(name: string) {
    // Chrome's default answers before the disk did: a flat battery would lose the last seconds. Dexie
    // would keep what live queries read and copy it each time, a thousand campaigns value by value.
    super(name, { chromeTransactionDurability: "strict", cache: "disabled" });
    // One version says it all: each more would be worked out anew at every start. What an older
    // one lacks is added when it is opened, and stores that are not named here are removed.
    this.version(11).stores({
      campaign: "id",
      audience: "id",
      account: "id",
      list: "id",
      import: "id",
      member: "id",
      workspace: "id",
      rollup: "id, n",
      pin: "id",
      consentText: "id",
      codePool: "id",
      deletedCampaign: "id",
      erasedSignUp: "id",
      signUp: "id",
      sealed: "id",
      shadow: "[kind+id]",
      outbox: "mid, bytes",
      inbox: "id",
      sent: "mid, coveredAt",
      meta: "key",
      stage: "[feed+ver]",
      part: "[campaignId+n+part], campaignId, [campaignId+n+part+hash+bytes]",
      report: "campaignId",
      activity: "campaignId",
      draft: "key",
      answer: "key",
      kept: "key",
      seal: "purpose",
    });
    this.use({ stack: "dbcore", name: "durability", create: lazyBlocks });
  }

  /** The store of a kind; every kind has the same shape of row. */
  documents<K extends Kind>(kind: K): Table<StoredDocument<K>, Id> {
    return this.table(kind);
  }
}

/**
 * Blocks of reports can always be fetched again, and whoever waits for them does not wait for the
 * disk: commits of theirs are flushed with the next one of anything else, or by the system.
 */
function lazyBlocks(core: DBCore): DBCore {
  return {
    ...core,
    transaction: (stores, mode, options) =>
      core.transaction(
        stores,
        mode,
        stores.includes("part") ? { ...options, durability: "relaxed" } : options,
      ),
  };
}

export function databaseName(workspace: Id, user: Id): string {
  return `fieldcast:${workspace}:${user}`;
}
