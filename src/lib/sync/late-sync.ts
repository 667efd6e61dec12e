/**
 * The data of who is signed in, at once; their sync as soon as it has come. What is asked of it
 * before waits for it, so nothing that a person does meanwhile is lost.
 */
import type { Result } from "#domain/core/result.ts";
import type { Act } from "#domain/sync/command.ts";
import type { Refusal } from "#domain/sync/refusal.ts";
import { ClientDb, databaseName } from "../db/client-db.ts";
import type { WriteHow } from "../db/write.ts";
import type { SignedIn } from "../db/registry.ts";
import type { DeviceSync, DeviceSyncDeps } from "./device-sync.ts";
import type { SyncFacts } from "./status.ts";

export type OpenDeviceSync = (db: ClientDb, who: SignedIn, deps: DeviceSyncDeps) => DeviceSync;

export interface LateSyncDeps extends DeviceSyncDeps {
  readonly load: () => Promise<{ readonly openDeviceSync: OpenDeviceSync }>;
  /** When the page has drawn what this device has. */
  readonly drawn: Promise<void>;
}

/** Between two trials to load the sync, where the network went before it came. */
const retryMs = 5_000;

export async function openLateSync(who: SignedIn, deps: LateSyncDeps): Promise<LateSync> {
  const db = new ClientDb(databaseName(who.workspace.id, who.user.id));
  await db.open();
  return new LateSync(db, who, deps);
}

export class LateSync {
  readonly db: ClientDb;
  readonly #deps: LateSyncDeps;
  #who: SignedIn;
  #sync: DeviceSync | null = null;
  #coming: Promise<DeviceSync> | null = null;
  #learned: Partial<SyncFacts> | null = null;
  #isClosed = false;

  constructor(db: ClientDb, who: SignedIn, deps: LateSyncDeps) {
    this.db = db;
    this.#who = who;
    this.#deps = deps;
    void deps.drawn.then(() => this.#begin());
  }

  /** Server time by this device's best knowledge. */
  now(): number {
    return this.#sync?.core.serverClock.now() ?? Date.now();
  }

  become(who: SignedIn): void {
    this.#who = who;
    this.#sync?.become(who);
  }

  async write(act: Act, how?: WriteHow): Promise<Result<number, Refusal>> {
    let sync: DeviceSync;
    try {
      sync = await this.#open();
    } catch {
      return { ok: false, error: notHere };
    }
    return sync.write(act, how);
  }

  async discard(mid: number): Promise<boolean> {
    const sync = await this.#open().catch(() => null);
    return (await sync?.core.discard(mid)) ?? false;
  }

  syncNow(): void {
    void this.#open().then(
      (sync) => sync.syncNow(),
      () => undefined,
    );
  }

  /** The person left the workspace: removes what this device has of it. */
  async end(why: string): Promise<void> {
    await (await this.#open()).core.end(why);
  }

  learn(facts: Partial<SyncFacts>): void {
    if (this.#sync === null) this.#learned = { ...this.#learned, ...facts };
    else this.#sync.core.learn(facts);
  }

  async close(how: { readonly forget: boolean }): Promise<void> {
    this.#isClosed = true;
    // What was written in the last moment is stored first; only the sync knows what may be forgotten.
    const sync = this.#sync ?? (await this.#open().catch(() => null));
    if (sync === null) this.db.close();
    else await sync.close(how);
  }

  async #begin(): Promise<void> {
    while (this.#sync === null && !this.#isClosed) {
      try {
        await this.#open();
      } catch {
        await new Promise((resolve) => {
          setTimeout(resolve, retryMs);
        });
      }
    }
  }

  /** One trial at a time; after one that failed, the next asker tries again. */
  #open(): Promise<DeviceSync> {
    this.#coming ??= this.#load().catch((error: unknown) => {
      this.#coming = null;
      throw error;
    });
    return this.#coming;
  }

  async #load(): Promise<DeviceSync> {
    const { openDeviceSync } = await this.#deps.load();
    const sync = openDeviceSync(this.db, this.#who, this.#deps);
    if (this.#learned !== null) sync.core.learn(this.#learned);
    this.#sync = sync;
    return sync;
  }
}

const message =
  "A part of the app did not load, so it was not done. Check the network and try again.";
const notHere: Refusal = { type: "invalid", field: null, detail: { message } };
