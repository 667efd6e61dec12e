/**
 * Devices of one person over a real server: the app's own sync over databases in memory. They
 * write without pause and whatever happens, push, pull, and die in the middle of it.
 */
import "fake-indexeddb/auto";
import { setTimeout as sleep } from "node:timers/promises";
import { emptyContent } from "#domain/campaign/campaign.ts";
import type { Id } from "#domain/core/id.ts";
import type { Act } from "#domain/sync/command.ts";
import { ClientDb } from "#lib/db/client-db.ts";
import type { Actor } from "#lib/db/overlay.ts";
import { createApi } from "#lib/sync/api.ts";
import { createSyncCore, type SyncCore } from "#lib/sync/core.ts";
import { newId } from "#lib/sync/new-id.ts";
import { createHttpTransport } from "#lib/sync/transport.ts";
import type { Random } from "../random.ts";

/** What is under way to the server just now, from any device. */
export interface Traffic {
  pushes: number;
  pulls: number;
}

export interface DeviceDeps {
  readonly url: string;
  readonly cookie: string;
  readonly actor: Actor;
  readonly random: Random;
  readonly traffic: Traffic;
}

/** A campaign as its device last left it. */
export interface Meant {
  name: string;
  edits: number;
}

const maxWaiting = 40;

export class KilledDevice {
  readonly db = new ClientDb(`killed-${newId()}`);
  /** Everything that the device accepted, by campaign. */
  readonly meant = new Map<Id, Meant>();
  #life = new AbortController();
  #core: SyncCore;
  readonly #deps: DeviceDeps;

  constructor(deps: DeviceDeps) {
    this.#deps = deps;
    this.#core = this.#born();
  }

  /** The app is gone with whatever it was doing, and started again over the same database. */
  die(): void {
    this.#life.abort();
    this.#core = this.#born();
  }

  /** Writes, pushes and pulls until told to stop. */
  async live(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if ((await this.db.outbox.count()) < maxWaiting) await this.#write();
      const pushed = await this.#core.pushOnce();
      if (this.#deps.random.chance(0.3)) await this.#core.pullOnce();
      await sleep(pushed.outcome === "failed" ? 200 : this.#deps.random.below(20));
    }
  }

  /** Until the server has everything and this device shows what the server has. */
  async settle(withinMs: number): Promise<void> {
    const until = Date.now() + withinMs;
    while (Date.now() < until) {
      const pushed = await this.#core.pushOnce();
      const pulled = await this.#core.pullOnce();
      const isDone = pushed.outcome === "idle" && pulled.outcome === "idle";
      if (isDone && this.#core.facts.unsent === 0 && (await this.db.outbox.count()) === 0) return;
      if (!isDone) await sleep(100);
    }
    throw new Error(`a device does not settle: ${JSON.stringify(this.#core.facts)}`);
  }

  /** Campaigns as this device shows them. */
  async shown(): Promise<Map<Id, string>> {
    const rows = await this.db.campaign.toArray();
    return new Map(rows.map(({ id, doc }) => [id, JSON.stringify(doc)]));
  }

  async #write(): Promise<void> {
    const { random } = this.#deps;
    const known = random.chance(0.6) ? random.pickOr([...this.meant.keys()]) : null;
    const id = known ?? newId();
    const before = this.meant.get(id);
    const name = `Campaign ${newId()}`;
    const done = await this.#core.write(
      before === undefined ? made(id, name) : named(id, before, name),
    );
    if (!done.ok) throw new Error(`a device refuses: ${JSON.stringify(done.error)}`);
    this.meant.set(id, { name, edits: before === undefined ? 0 : before.edits + 1 });
  }

  #born(): SyncCore {
    const { url, cookie, actor, traffic } = this.#deps;
    const life = new AbortController();
    this.#life = life;
    const api = createApi({
      fetch: async (input, init) => {
        const body = init?.body;
        const isPush = typeof body === "string" && body.includes('"commands":');
        const way = isPush ? "pushes" : "pulls";
        const headers = new Headers(init?.headers);
        headers.set("cookie", cookie);
        headers.set("origin", url);
        const signals = [life.signal, ...(init?.signal ? [init.signal] : [])];
        traffic[way] += 1;
        try {
          return await fetch(input, { ...init, headers, signal: AbortSignal.any(signals) });
        } finally {
          traffic[way] -= 1;
        }
      },
      base: url,
      newId,
    });
    return createSyncCore({
      db: this.db,
      transport: createHttpTransport(api),
      clock: { wall: Date.now, monotonic: () => performance.now() },
      newId,
      actor: () => actor,
    });
  }
}

function made(id: Id, name: string): Act {
  const args = { id, type: "email", name, content: emptyContent } as const;
  return { name: "campaign.create", args: { ...args, audienceId: null, accountId: null } };
}

function named(id: Id, { name: was }: Meant, set: string): Act {
  return { name: "campaign.edit", args: { id, name: { was, set } } };
}
