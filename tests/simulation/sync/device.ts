// A device of a simulated world: the product's client core over a real IndexedDB engine in
// memory, with its tabs, their deaths, and a ledger of everything its person ever did.
import type { Id } from "#domain/core/id.ts";
import type { Act } from "#domain/sync/command.ts";
import { ClientDb } from "#lib/db/client-db.ts";
import { dismissCard } from "#lib/db/inbox.ts";
import type { Actor } from "#lib/db/overlay.ts";
import { DeviceEnded } from "#lib/db/sync-meta.ts";
import { createSyncCore, type SyncCore } from "#lib/sync/core.ts";
import type { Random } from "../random.ts";
import type { Bug } from "./bugs.ts";
import { careless } from "./bugs-client.ts";
import { tellsOf } from "./cards.ts";
import { Lifeline } from "./lifeline.ts";
import { look, type Seen } from "./look.ts";
import { createTransport, type Network } from "./network.ts";
import type { SimServer } from "./server.ts";

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
  readonly life: Lifeline;
  /** Lets the tab go on that stands still at the network; null when it does not. */
  release: (() => void) | null;
  /** What the tab is in the middle of. */
  busy: Promise<unknown> | null;
  /** It was told that its device is revoked. */
  isTold: boolean;
}

export class Device {
  readonly options: DeviceOptions;
  /** Every command that this person's device kept, by uid. */
  readonly ledger = new Map<Id, Act>();
  readonly discarded = new Set<Id>();
  /** Cards that a person has read, each with the commands that it told of. */
  readonly dismissed = new Map<Id, ReadonlySet<Id>>();
  /** Read, and then taken in from a file once more: who asks again is told again. */
  readonly askedAgain = new Set<Id>();
  /** Out of reach of every network. */
  isAway = false;
  /** How far its clock is from the right time, in ms. */
  skewMs = 0;
  /** For how long it slept with its pages open: their own count stood still. */
  asleepMs = 0;
  /** It was told that it is revoked, and has removed everything for good (I9). */
  isOver = false;
  tabs: Tab[] = [];
  /** Looks at the database without being one of the tabs. */
  readonly #beside: ClientDb;
  #onHold: () => void = () => undefined;

  constructor(options: DeviceOptions) {
    this.options = options;
    this.#beside = new ClientDb(options.name);
    this.tabs = Array.from({ length: options.tabs }, () => this.#openTab());
  }

  look(): Promise<Seen> {
    return look(this.#beside, () => this.options.random.id());
  }

  /** The database as it lies on the disk, for who copies the disk. */
  get disk(): ClientDb {
    return this.#beside;
  }

  /** Everything stops where it stands; a new start over the same database. */
  crash(): void {
    for (const tab of this.tabs) tab.life.die();
    this.bury();
  }

  /** Opens a new tab for each that died. Whether there was one. */
  bury(): boolean {
    const isAny = this.tabs.some(({ life }) => life.isDead);
    this.tabs = this.tabs.map((tab) => {
      if (!tab.life.isDead) return tab;
      tab.db.close();
      return this.#openTab();
    });
    return isAny;
  }

  async close(): Promise<void> {
    for (const { db, life } of this.tabs) {
      life.die();
      db.close();
    }
    await this.#beside.delete();
  }

  /** After the end, somebody signs in again: nothing of before is here, and nobody misses it. */
  async beginAnew(): Promise<void> {
    for (const { db, life } of this.tabs) {
      life.die();
      db.close();
    }
    await this.#beside.delete();
    await this.#beside.open();
    const { ledger, discarded, dismissed, askedAgain } = this;
    for (const forgotten of [ledger, discarded, dismissed, askedAgain]) forgotten.clear();
    this.isOver = false;
    this.tabs = this.tabs.map(() => this.#openTab());
  }

  /** A person acts; whether the rule on the device took it. */
  async act(tab: Tab, act: Act): Promise<boolean> {
    let isTaken = false;
    await this.run(tab, async ({ core }) => {
      isTaken = await core.write(act).then(({ ok }) => ok, refusedAtTheEnd);
    });
    return isTaken;
  }

  /** A person takes back what was not on its way yet. */
  async takeBack(tab: Tab): Promise<void> {
    const before = (await this.look()).outbox;
    const one = this.options.random.pickOr(before.filter(({ state }) => state === "waiting"));
    if (one === null) return;
    await this.run(tab, ({ core }) => core.discard(one.mid));
    const left = new Set((await this.look()).outbox.map(({ uid }) => uid));
    for (const { uid } of before) if (!left.has(uid)) this.discarded.add(uid);
  }

  /** A person has read a card. */
  async dismiss(tab: Tab): Promise<void> {
    const { cards, outbox } = await this.look();
    const card = this.options.random.pickOr(cards);
    if (card === null) return;
    const waiting = new Set(outbox.map(({ uid }) => uid));
    const { everAnswered } = this.options.server.books;
    // What still waits here has not been told: whatever the server thinks of it is news.
    const told = [...this.ledger].filter(
      ([uid, act]) => !waiting.has(uid) && tellsOf(card, act, everAnswered.get(uid)),
    );
    await this.run(tab, ({ db }) => dismissCard(db, card.id));
    const left = (await this.look()).cards;
    if (left.some(({ id }) => id === card.id)) return;
    this.askedAgain.delete(card.id);
    this.dismissed.set(card.id, new Set(told.map(([uid]) => uid)));
  }

  /** Answers when the work is done, stands still at the network, or its tab died. */
  async run(tab: Tab, work: (tab: Tab) => Promise<unknown>): Promise<void> {
    await Promise.race([work(tab), tab.life.died]);
  }

  /** The same with what may stand still, and goes on later. */
  async drive(tab: Tab, work: (core: SyncCore) => Promise<unknown>): Promise<void> {
    if (tab.busy !== null) return;
    const held = this.#nextHold();
    const running = work(tab.core).finally(() => {
      tab.busy = null;
    });
    tab.busy = running;
    await Promise.race([running, held, tab.life.died]);
  }

  /** What stood still goes on. */
  async arrive(tab: Tab): Promise<void> {
    const { release, busy } = tab;
    if (release === null) return;
    tab.release = null;
    // It may stand still once more.
    const held = this.#nextHold();
    release();
    await Promise.race([busy, held, tab.life.died]);
  }

  #nextHold(): Promise<void> {
    return new Promise((resolve) => {
      this.#onHold = resolve;
    });
  }

  #openTab(): Tab {
    const { actor, name, random, server, network, clock, bug } = this.options;
    const db = new ClientDb(name);
    const life = new Lifeline();
    life.watch(db);
    const newId = (): Id => random.id();
    const transport = createTransport({
      network,
      random,
      server,
      life,
      actor: { user: actor.user, role: actor.role, access: actor.access },
      isAway: () => this.isAway,
      onHold: (release) => {
        tab.release = release;
        this.#onHold();
      },
      onRevoked: () => {
        tab.isTold = true;
      },
    });
    const core = createSyncCore({
      db,
      transport: careless(transport, { db, bug, newId }),
      clock: { wall: () => clock() + this.skewMs, monotonic: () => clock() - this.asleepMs },
      newId,
      actor: () => actor,
      ...(bug === "drop-overlay-on-ack" ? { isCovered: () => true } : {}),
    });
    const tab: Tab = { core, db, life, release: null, busy: null, isTold: false };
    return tab;
  }
}

/** A screen that is still open on a device that has ended takes nothing in. */
function refusedAtTheEnd(error: unknown): false {
  if (error instanceof DeviceEnded) return false;
  throw error;
}
