// The server of a simulated world: the product's commands and pull over a store in memory, with
// deaths at any call of its storage, back-ups, and a memory of every state it ever had.
import type { Campaign } from "#domain/campaign/campaign.ts";
import type { Role } from "#domain/access/role.ts";
import type { Id } from "#domain/core/id.ts";
import type { Write } from "#domain/sync/decision.ts";
import { feeds, type Feed } from "#domain/sync/document.ts";
import {
  packed,
  pullReply,
  type Page,
  type PullReply,
  type PushReply,
  type Verdict,
} from "#protocol/down.ts";
import { pullRequest, pushRequest, type PullRequest, type PushRequest } from "#protocol/up.ts";
import type { Act } from "#domain/sync/command.ts";
import { createCommands, type Actor, type Commands } from "#server/commands/apply.ts";
import { applyPush } from "#server/commands/push.ts";
import { openContentCheck } from "#server/delivery/templates.ts";
import { createPuller, type Puller } from "#server/live/pull.ts";
import { openInlineStore } from "#server/store/sqlite/inline.ts";
import { StoreError, type Store } from "#server/store/store.ts";
import type { CommitCommand, CommitOutcome, SyncStore } from "#server/store/sync-store.ts";
import * as v from "valibot";
import { aCampaign, anAccount, anAudience, anId } from "../../support/campaigns.ts";
import type { Random } from "../random.ts";
import type { Bug } from "./bugs.ts";
import { buggyStore, carelesslySaid } from "./bugs-server.ts";
import { Books, type Kept } from "./books.ts";
import { Consents } from "./consents.ts";
import { Gate } from "./gate.ts";
import { borrowDatabase, copyDatabase, type MemoryDatabase } from "./memory-database.ts";
import { foresee, type Deed } from "./rulebook.ts";
import { SentCampaigns } from "./sent-campaigns.ts";
import { campaignsIn, headsOf, placeOf, stateOf, type Cursors, type State } from "./truth.ts";
import { Violation } from "./violation.ts";

export interface ServerOptions {
  readonly workspace: Id;
  readonly random: Random;
  readonly clock: () => number;
  readonly bug: Bug | null;
  /** Everybody in the workspace. */
  readonly users: readonly Id[];
  /** Whether devices say nonces that it knows (S36): before, only numbers told a copy. */
  readonly knowsDevices: boolean;
  /** Somebody else is quicker: changes what these writes are about. */
  readonly stir: (server: SimServer, writes: readonly Write[]) => Promise<void>;
}

/** The process ended: nobody hears what it was about to say. */
export class Died extends Error {}

interface Running {
  readonly store: Store;
  readonly commands: Commands;
  readonly puller: Puller;
  readonly gate: Gate;
}

/** A back-up, with what the simulation knew of the server at its moment. */
interface Backup {
  readonly database: MemoryDatabase;
  readonly books: Kept;
}

/** Small enough that a cut often takes several pages. */
const smallPages = [2, 3, 4, 6] as const;

const nextDoor = anId(0xd00);

const checkContent = openContentCheck();

export class SimServer {
  /** What the server held for a person at each set of heads that it ever had. */
  readonly #history = new Map<string, State>();
  readonly books = new Books();
  /** What people may do now; their devices may believe something else. */
  readonly roles = new Map<Id, Role>();
  /** Who may not come in any more. */
  readonly left = new Set<Id>();
  /** What older apps wrote, in the words of today. */
  readonly meant = new Map<Id, Act>();
  /** Others change documents between a command's decision and its commit. */
  isBusy = true;
  epochNow = "";
  /** How often it was started: whatever was open with the one before has ended. */
  process = 0;
  readonly options: ServerOptions;
  /** Commands as they were said, by uid, with who said them. */
  readonly #said = new Map<Id, Omit<Deed, "args">>();
  #violation: Violation | null = null;
  readonly #campaigns = new SentCampaigns();
  readonly #maxRows: number;
  /** Documents of the other workspace. */
  readonly #foreign = new Set<string>();
  readonly #consents = new Consents();
  #database: MemoryDatabase;
  #backup: Backup | null = null;
  #running: Running;
  #failure: "before" | "after" | null = null;
  /** Calls of the storage until the process ends; null: it lives on. */
  #callsLeft: number | null = null;
  #isDead = false;
  /** Calls of the storage so far. */
  #calls = 0;

  private constructor(options: ServerOptions, database: MemoryDatabase) {
    this.options = options;
    this.#maxRows = options.random.pick(smallPages);
    this.#database = database;
    this.#running = this.#start();
  }

  static async open(options: ServerOptions): Promise<SimServer> {
    const server = new SimServer(options, await borrowDatabase());
    await server.#remember();
    const account = anAccount();
    const audiences: Write[] = [
      anAudience({ rev: 1 }),
      anAudience({ id: options.random.id(), rev: 1 }),
    ].map((doc) => ({ kind: "audience", id: doc.id, doc }));
    const sending = aCampaign({ phase: "active", launchedAt: options.clock() });
    await server.write([
      ...audiences,
      { kind: "account", id: account.id, doc: account },
      { kind: "campaign", id: sending.id, doc: sending },
    ]);
    return server;
  }

  async close(): Promise<void> {
    await this.#running.store.close();
    this.#database.release();
    this.#backup?.database.release();
  }

  get store(): Store {
    return this.#running.store;
  }

  get calls(): number {
    return this.#calls;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** Everything that was not in the database is gone. */
  async restart(): Promise<void> {
    this.#callsLeft = null;
    this.#failure = null;
    if (!this.#isDead) return;
    this.#isDead = false;
    await this.#running.store.close();
    this.#running = this.#start();
  }

  backUp(): void {
    this.#backup?.database.release();
    const database = copyDatabase(this.#database);
    this.#backup = { database, books: this.books.kept() };
  }

  get hasBackup(): boolean {
    return this.#backup !== null;
  }

  /** Back to the last back-up: what came later is forgotten. */
  async restore(): Promise<void> {
    const backup = this.#backup;
    if (backup === null) return;
    await this.#running.store.close();
    this.#database.release();
    this.#database = backup.database;
    this.#backup = null;
    this.#running = this.#start();
    const now = this.options.clock();
    await this.store.admin.adopt({ beside: null, isCopy: true, now });
    this.books.restore(backup.books);
    this.#consents.forget((uid) => backup.books.verdicts.has(uid));
    this.#campaigns.forget();
    await this.#remember();
  }

  /** The next commit fails: before it happened, or after. */
  failNext(when: "before" | "after"): void {
    this.#failure = when;
  }

  /** The process ends at a call of its storage, so many calls from now. */
  dieAfter(calls: number): void {
    this.#callsLeft = calls;
  }

  async push(actor: Omit<Actor, "workspace">, wire: PushRequest): Promise<PushReply> {
    const request = v.parse(pushRequest, copy(wire));
    const { workspace, clock, bug } = this.options;
    const { commands, puller } = this.#running;
    await this.#admit(actor.user, request);
    const role = this.roles.get(actor.user) ?? actor.role;
    for (const command of request.commands) {
      this.#said.set(command.uid, { command, context: { ...actor, role, now: clock() } });
    }
    const believed = bug === "rights-of-before" ? actor.role : role;
    const done = await applyPush(commands, { ...actor, role: believed, workspace }, request);
    if (this.#violation !== null) throw this.#violation;
    return copy({ ...done, time: clock(), epoch: await puller.epoch() });
  }

  /** Throws TurnedAway where the device is not the one that it says, or was revoked. */
  async pull(user: Id, wire: PullRequest): Promise<PullReply> {
    await this.#admit(user, v.parse(pullRequest, copy(wire)));
    return this.page(user, wire);
  }

  /** A further page of an answer: who was revoked meanwhile hears nothing more (S35), and not why. */
  async more(user: Id, wire: PullRequest, process: number): Promise<PullReply> {
    const isEnded = this.options.knowsDevices && (await this.#running.gate.isRevoked(wire.client));
    if (isEnded || process !== this.process) throw new Died("the answer breaks off");
    return this.page(user, wire);
  }

  /** A page to a device that was admitted. `onlyChanges`: it has revealed all that it was sent. */
  async page(user: Id, wire: PullRequest, onlyChanges = false): Promise<PullReply> {
    const request = v.parse(pullRequest, copy(wire));
    const { workspace, bug, random } = this.options;
    const isTrimmed = onlyChanges || bug === "changes-for-everybody";
    const where = { ...request, workspace, user, onlyChanges: isTrimmed };
    const reply = await this.#running.puller.pull(where);
    if (reply.t === "page") this.#checkGranted(user, reply);
    if (this.books.revoked.has(wire.client)) {
      throw new Violation("I9", `${wire.client} was revoked, and is told of what goes on`);
    }
    // As it travels, and as a device reads it.
    return carelesslySaid(v.parse(pullReply, copy(packed(reply))), bug, random);
  }

  async #admit(user: Id, sender: PullRequest | PushRequest): Promise<void> {
    if (this.options.knowsDevices) await this.#running.gate.admit(user, sender);
  }

  /** An administrator ends a device; whether the server knew it. */
  async revoke(client: Id): Promise<boolean> {
    const [by = ""] = this.options.users;
    const isKnown = await this.#running.gate.revoke(client, by);
    if (isKnown) this.books.revoked.add(client);
    return isKnown;
  }

  /** Nobody is told of another workspace, or of what is another person's own. */
  #checkGranted(user: Id, { feeds: parts }: Page): void {
    for (const { rows } of Object.values(parts)) {
      for (const [index, id] of rows.id.entries()) {
        const doc = rows.doc[index] ?? null;
        const isOthers = rows.kind[index] === "pin" && doc !== null && doc["user"] !== user;
        if (!isOthers && !this.#foreign.has(id)) continue;
        throw new Violation("I12", `${user} was told of ${rows.kind[index]} ${id}`);
      }
    }
  }

  /** Another workspace on the same server goes on beside this one. */
  async stirNextDoor(): Promise<void> {
    const { random, clock } = this.options;
    const doc = anAudience({ id: random.id(), name: "next door" });
    this.#foreign.add(doc.id);
    await this.store.sync.commitWrites({
      workspace: nextDoor,
      expect: [],
      writes: [{ kind: "audience", id: doc.id, doc }],
      activity: null,
      now: clock(),
    });
  }

  epoch(): Promise<string> {
    return this.#running.puller.epoch();
  }

  heads(user: Id): Cursors {
    return headsOf(this.#database, this.options.workspace, user);
  }

  /** What the server held for a person at these heads; undefined: it never stood there. */
  stateAt(epoch: string | null, user: Id, cursors: Cursors): State | undefined {
    return this.#history.get(`${epoch} ${user}: ${placeOf(cursors)}`);
  }

  campaigns(): readonly Campaign[] {
    return campaignsIn(stateOf(this.#database, this.options.workspace, ""));
  }

  /** A change that no device asked for: by the engine or an administrator. */
  async write(writes: readonly Write[]): Promise<void> {
    const { workspace, clock } = this.options;
    const { sync } = this.store;
    await sync.commitWrites({ workspace, expect: [], writes, activity: null, now: clock() });
    await this.#remember();
  }

  #start(): Running {
    this.process += 1;
    const { clock, random, bug, workspace } = this.options;
    const store = openInlineStore(this.#database.path);
    const careless = buggyStore(store.sync, {
      bug,
      random,
      onEffect: (args) => this.books.took(args),
    });
    const sync = this.#mortal({
      ...careless,
      commitCommand: (args) => this.#commit(careless, args),
    });
    const commands = createCommands({ store: { ...store, sync }, clock, checkContent });
    return {
      store,
      commands,
      gate: new Gate({ store, clock, workspace, bug }),
      puller: createPuller({ store: { sync }, clock, maxRows: this.#maxRows }),
    };
  }

  /** Each call of the storage is a place where the process may end: before it, and after. */
  #mortal(sync: SyncStore): SyncStore {
    const beat = (): void => {
      if (this.#isDead) throw new Died("the server is dead");
      this.#calls += 1;
      if (this.#callsLeft === null) return;
      this.#callsLeft -= 1;
      this.#isDead = this.#callsLeft < 0;
      if (this.#isDead) throw new Died("the server died");
    };
    return new Proxy(sync, {
      get: (target, name, self) => {
        const call: unknown = Reflect.get(target, name, self);
        if (typeof call !== "function") return call;
        return async (...args: readonly unknown[]): Promise<unknown> => {
          beat();
          const done: unknown = await Reflect.apply(call, target, args);
          beat();
          return done;
        };
      },
    });
  }

  /** What is found broken in the middle of a push must not be taken for a failure of storage. */
  async #commit(sync: SyncStore, args: CommitCommand): Promise<CommitOutcome> {
    try {
      return await this.#commitNow(sync, args);
    } catch (error) {
      if (error instanceof Violation) this.#violation ??= error;
      throw error;
    }
  }

  async #commitNow(sync: SyncStore, args: CommitCommand): Promise<CommitOutcome> {
    const when = this.#failure;
    this.#failure = null;
    if (when === "before") throw new StoreError("other", "the storage failed");
    const { random, stir } = this.options;
    if (this.isBusy && random.chance(0.05)) await stir(this, args.writes);
    const { uid } = args.origin;
    const said = this.#said.get(uid);
    if (said === undefined) throw new Error(`${uid} is committed and was never said`);
    const holds = await foresee(this.store.sync, { ...said, args }, this.meant);
    const outcome = await this.#consents.during(
      () => sync.commitCommand(args),
      ({ outcome: kind }) => (kind === "committed" ? (args.atStand ?? null) : null),
      this.options.clock,
    );
    if (outcome.outcome === "known") this.books.asked(args.origin);
    if (outcome.outcome === "committed") {
      holds();
      this.books.answered(args.origin, outcome.verdict);
      await this.#remember();
    }
    if (when === "after") throw new StoreError("other", "the storage failed after its commit");
    return outcome;
  }

  async #remember(): Promise<void> {
    const { workspace, users } = this.options;
    this.#consents.check(this.#database, workspace);
    this.epochNow = await this.store.sync.epoch({});
    for (const user of users) {
      const state = stateOf(this.#database, workspace, user);
      this.#history.set(`${this.epochNow} ${user}: ${placeOf(this.heads(user))}`, state);
      this.#campaigns.check(state);
    }
  }
}

/** How far a device may be behind in every feed. */
export function isBehind(seqs: Verdict["seqs"], cursors: Cursors): boolean {
  return feeds.some((feed: Feed) => (seqs[feed] ?? 0) > cursors[feed]);
}

/** As it comes through a wire. */
function copy<T>(value: T): T {
  const through: T = JSON.parse(JSON.stringify(value));
  return through;
}
