// A device of a simulated world: the product's client core over a real IndexedDB engine in
// memory, with one or two tabs, crashes, and a ledger of everything its person ever did.
import type { Id } from "#domain/core/id.ts";
import type { Act } from "#domain/sync/command.ts";
import { feeds as feedNames } from "#domain/sync/document.ts";
import { ClientDb } from "#lib/db/client-db.ts";
import { dismissCard } from "#lib/db/inbox.ts";
import { loadMeta, positionOf } from "#lib/db/sync-meta.ts";
import { createSyncCore, type SyncCore, type Transport } from "#lib/sync/core.ts";
import type { Actor } from "#lib/db/overlay.ts";
import type { PullReply } from "#protocol/down.ts";
import type { Random } from "../random.ts";
import { createTransport, type Network } from "./network.ts";
import type { SimServer } from "./server.ts";
import type { Bug } from "./violation.ts";

export interface DeviceOptions {
  readonly name: string;
  readonly actor: Actor;
  readonly tabs: number;
  readonly random: Random;
  readonly server: SimServer;
  readonly network: Network;
  readonly clock: () => number;
  readonly bug: Bug | null;
}

export interface Tab {
  readonly core: SyncCore;
  readonly db: ClientDb;
  /** Lets the answer come that this tab waits for; null when it waits for none. */
  release: (() => void) | null;
  /** What the tab is in the middle of. */
  busy: Promise<unknown> | null;
}

export class Device {
  readonly options: DeviceOptions;
  /** Every command that this person's device kept, by uid. */
  readonly ledger = new Map<Id, Act>();
  readonly discarded = new Set<Id>();
  readonly dismissed = new Set<Id>();
  tabs: Tab[] = [];

  constructor(options: DeviceOptions) {
    this.options = options;
    this.#openTabs();
  }

  get db(): ClientDb {
    const [first] = this.tabs;
    if (first === undefined) throw new Error("a device has a tab");
    return first.db;
  }

  /** Everything stops where it stands; a new start over the same database. */
  crash(): void {
    for (const { db } of this.tabs) db.close();
    this.#openTabs();
  }

  /** As above, in the middle of some work, wherever it is after so many turns of the loop. */
  async crashDuring(work: Promise<unknown>, turns: number): Promise<void> {
    // Nobody is left to hear how it ended.
    const ended = work.catch(() => undefined);
    for (let turn = 0; turn < turns; turn++) await nextTurn();
    this.crash();
    await Promise.race([ended, nextTurn()]);
  }

  async close(): Promise<void> {
    for (const { db } of this.tabs.slice(1)) db.close();
    await this.db.delete();
  }

  /** A person acts; whether the rule on the device took it. */
  async act(tab: Tab, act: Act): Promise<boolean> {
    const done = await tab.core.write(act);
    if (!done.ok) return false;
    const stored = await tab.db.outbox.get(done.value);
    if (stored !== undefined) this.ledger.set(stored.uid, act);
    return true;
  }

  /** A person takes back what was not on its way yet. */
  async takeBack(tab: Tab): Promise<void> {
    const waiting = await tab.db.outbox.filter(({ state }) => state === "waiting").toArray();
    const one = this.options.random.pickOr(waiting);
    if (one === null) return;
    const before = await tab.db.outbox.toArray();
    await tab.core.discard(one.mid);
    const left = new Set((await tab.db.outbox.toArray()).map(({ uid }) => uid));
    for (const { uid } of before) if (!left.has(uid)) this.discarded.add(uid);
  }

  /** A person has read a card. */
  async dismiss(tab: Tab): Promise<void> {
    const card = this.options.random.pickOr(await tab.db.inbox.toArray());
    if (card === null) return;
    await dismissCard(tab.db, card.id);
    this.dismissed.add(card.id);
  }

  /** Starts something on a tab; answers when it is done, or when it waits for a held answer. */
  async drive(tab: Tab, work: (core: SyncCore) => Promise<unknown>): Promise<void> {
    if (tab.busy !== null) return;
    const held = new Promise<void>((resolve) => {
      this.#onHold = resolve;
    });
    const running = work(tab.core).finally(() => {
      tab.busy = null;
    });
    tab.busy = running;
    await Promise.race([running, held]);
  }

  /** A held answer comes at last. */
  async arrive(tab: Tab): Promise<void> {
    const { release, busy } = tab;
    if (release === null) return;
    tab.release = null;
    release();
    await busy;
  }

  #onHold: () => void = () => undefined;

  #openTabs(): void {
    const { name, tabs } = this.options;
    this.tabs = Array.from({ length: tabs }, () => this.#openTab(name));
  }

  #openTab(name: string): Tab {
    const { actor, random, server, network, clock, bug } = this.options;
    const db = new ClientDb(name);
    const { user, role, access } = actor;
    const transport = createTransport({
      network,
      random,
      server,
      actor: { user, role, access },
      onHold: (release) => {
        tab.release = release;
        this.#onHold();
      },
    });
    const core = createSyncCore({
      db,
      transport: withBug(transport, db, bug, random),
      clock: { wall: clock, monotonic: clock },
      newId: () => random.id(),
      actor: () => actor,
      ...(bug === "drop-overlay-on-ack" ? { isCovered: () => true } : {}),
    });
    const tab: Tab = { core, db, release: null, busy: null };
    return tab;
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Pages as a careless device would take them. */
function withBug(transport: Transport, db: ClientDb, bug: Bug | null, random: Random): Transport {
  if (bug !== "accept-holes" && bug !== "apply-mid-page") return transport;
  return {
    push: (request) => transport.push(request),
    pull: async (request) => {
      const answer = await transport.pull(request);
      if (!answer.ok || answer.value.t !== "page") return answer;
      const meta = await db.transaction("rw", db.meta, () => loadMeta(db, () => random.id()));
      const feeds: typeof answer.value.feeds = {};
      for (const [feed, page] of entriesOf(answer.value)) {
        feeds[feed] =
          bug === "apply-mid-page"
            ? { ...page, more: false }
            : { ...page, from: positionOf(meta, feed) };
      }
      const ch = bug === "accept-holes" ? (meta.staging?.ch ?? meta.ch) : answer.value.ch;
      return { ok: true, value: { ...answer.value, ch, feeds } };
    },
  };
}

function entriesOf(page: Extract<PullReply, { readonly t: "page" }>) {
  return feedNames.flatMap((feed) => {
    const part = page.feeds[feed];
    return part === undefined ? [] : [[feed, part] as const];
  });
}
