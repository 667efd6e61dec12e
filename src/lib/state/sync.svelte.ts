/** How syncing goes, what is still unsent, and how safe it lies on this device. */
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import type { CommandName } from "#domain/sync/command.ts";
import type { Key } from "#domain/sync/document.ts";
import type { Carrying } from "../carry/work.ts";
import type { Copied, Eviction, OutboxCommand } from "../db/client-db.ts";
import type { SyncReport } from "../sync/runner.ts";
import { maxWaiting, maxWaitingBytes } from "../db/limits.ts";
import { firstFacts, isAtRisk, statusOf, type SyncStatus } from "../sync/status.ts";

export type { SyncStatus } from "../sync/status.ts";
import type { Device } from "./device.svelte.ts";
import type { Live } from "./live.svelte.ts";

export interface PendingCommand {
  readonly mid: number;
  /** By which its words are found (act-words.ts). */
  readonly uid: Id;
  readonly name: CommandName;
  /** The row that it is about. */
  readonly subject: Key;
  readonly at: Instant;
  /** `waiting` may still be discarded; `sending` is on its way; `accepted` waits for its effect to arrive. */
  readonly state: "waiting" | "sending" | "accepted";
  /** What it weighs. */
  readonly bytes: number;
  /** That it lies in a file or on another device too; null: here alone. */
  readonly copied: Copied["how"] | null;
}

export interface StorageUse {
  /** Bytes; null where the browser does not tell. */
  readonly usage: number | null;
  readonly quota: number | null;
  /** Whether the browser promised not to clear it by itself. */
  readonly persisted: boolean;
}

export interface SyncCalls {
  syncNow(): void;
  discard(mid: number): Promise<boolean>;
  storage(): Promise<StorageUse>;
  end(why: string): Promise<void>;
  /** What work needs that leaves or enters without the server; null while nobody is signed in. */
  carrying(): Carrying | null;
}

const firstReport: SyncReport = {
  facts: firstFacts,
  lastContactAt: null,
  clockOffsetMs: null,
  clockComparedAt: null,
};

export class SyncState {
  #report: SyncReport = $state.raw(firstReport);
  #storage: StorageUse = $state.raw({ usage: null, quota: null, persisted: false });
  #wasStorageRead = $state(false);
  #saving = $state(0);
  readonly #heardAt: Live<Instant | null>;
  readonly #eviction: Live<Eviction | null>;
  readonly #pending: Live<readonly PendingCommand[]>;
  readonly #calls: SyncCalls;

  constructor(device: Device, calls: SyncCalls) {
    this.#calls = calls;
    this.#pending = device.live<readonly PendingCommand[]>([], async (db) => {
      const commands = await db.outbox.orderBy("mid").toArray();
      return commands.map(toPending);
    });
    this.#eviction = device.live<Eviction | null>(null, async (db) => {
      const kept = await db.kept.get("kept");
      return kept === undefined || kept.isRead ? null : kept.eviction;
    });
    this.#heardAt = device.live<Instant | null>(
      null,
      async (db) => (await db.meta.get("sync"))?.value.heardAt ?? null,
    );
  }

  get status(): SyncStatus {
    // The device's own count is newer than the leader's: `live` never while anything waits here.
    return statusOf({
      ...this.#report.facts,
      unsent: this.unsent,
      unseen: this.pending.length - this.unsent,
      saving: this.#saving,
      isAtRisk: this.isAtRisk,
    });
  }

  /** Unsent work may be lost where it lies: the person should meet the server soon, or save it elsewhere. */
  get isAtRisk(): boolean {
    const { usage, quota, persisted } = this.#storage;
    const now = Date.now() + (this.clockOffsetMs ?? 0);
    const oldest = this.pending.find(({ state }) => state !== "accepted")?.at ?? now;
    return isAtRisk({
      unsent: this.unsent,
      oldestMs: now - oldest,
      outboxFill: this.outboxFill,
      isProtected: this.#wasStorageRead ? persisted : null,
      diskFill: usage === null || quota === null || quota === 0 ? null : usage / quota,
    });
  }

  /** How full the outbox is, from 0 to 1: at 1 the device takes nothing more before it met the server. */
  get outboxFill(): number {
    const bytes = this.pending.reduce((sum, each) => sum + each.bytes, 0);
    return Math.max(this.pending.length / maxWaiting, bytes / maxWaitingBytes);
  }

  /** Holds `live` back until an act is stored. */
  async whileSaving<T>(storing: Promise<T>): Promise<T> {
    this.#saving += 1;
    try {
      return await storing;
    } finally {
      this.#saving -= 1;
    }
  }

  /** Commands that the server has not answered yet. */
  get unsent(): number {
    return this.pending.filter(({ state }) => state !== "accepted").length;
  }

  /** Of these, how many wait for the server's update: it is older than this app and does not know them yet. */
  get held(): number {
    return this.#report.facts.held ?? 0;
  }

  /** Oldest first. */
  get pending(): readonly PendingCommand[] {
    return this.#pending.value;
  }

  /** The last verified answer of our server, also before the app was opened; null: never on this device. */
  get lastContactAt(): Instant | null {
    const known = [this.#report.lastContactAt, this.#heardAt.value].filter((at) => at !== null);
    return known.length === 0 ? null : Math.max(...known);
  }

  /** Whether everything of the workspace has come once: before that, what is not here says nothing. */
  get hasBegun(): boolean {
    return this.#heardAt.value !== null;
  }

  /** Server minus device; null before it was measured. */
  get clockOffsetMs(): number | null {
    return this.#report.clockOffsetMs;
  }

  /** When that was measured, by the server's clock. */
  get clockComparedAt(): Instant | null {
    return this.#report.clockComparedAt;
  }

  /** The browser deleted what was kept here, and the person has not read of it; null: nothing to tell. */
  get eviction(): Eviction | null {
    return this.#eviction.value;
  }

  get storage(): StorageUse {
    return this.#storage;
  }

  syncNow(): void {
    this.#calls.syncNow();
  }

  /** Takes back a command that never left this device (and what builds on it); false when it is too late. */
  discard(mid: number): Promise<boolean> {
    return this.#calls.discard(mid);
  }

  /** The person left the workspace: removes everything of it from this device, and says why. */
  end(why: string): Promise<void> {
    return this.#calls.end(why);
  }

  /** This device's data for work that leaves or enters without the server; null while nobody is signed in. */
  carrying(): Carrying | null {
    return this.#calls.carrying();
  }

  async refreshStorage(): Promise<void> {
    this.#storage = await this.#calls.storage();
    this.#wasStorageRead = true;
  }

  /** Told by the sync runner alone. */
  tell(report: SyncReport): void {
    this.#report = report;
    if (this.unsent > 0 && !this.#wasStorageRead) void this.refreshStorage();
  }
}

export function toPending({
  mid,
  uid,
  act,
  at,
  state,
  bytes = 0,
  copied,
}: OutboxCommand): PendingCommand {
  const kind = act.name.startsWith("audience.") ? "audience" : "campaign";
  const pendingAt = at.wall + (at.offset ?? 0);
  const subject: Key = [kind, act.args.id];
  const how = copied?.how ?? null;
  return { mid, uid, name: act.name, subject, at: pendingAt, state, bytes, copied: how };
}
