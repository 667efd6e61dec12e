/**
 * The heart of syncing on the device, without timers, sockets, locks or globals: everything from
 * outside is given, so that a simulation drives the very code that runs in a page.
 *
 *   const core = createSyncCore({ db, transport, clock, random, newId, actor });
 *   await core.write(act)        a person acts: decided and stored at once
 *   await core.pushOnce()        one request with the oldest commands, and its verdicts
 *   await core.pullOnce()        one page (or reset) of every feed
 *   await core.hello()           the first message of a live connection: where this device stands
 *   await core.receive(down)     a message of that connection; answers what to do next
 *
 * `db` is an open ClientDb (in Node over fake-indexeddb). Several cores of one database are several
 * tabs: any of them may do anything at any time. A crash is a core that is no longer driven; a
 * restart is a new core over the same database. Nothing is kept in memory but the clock's best
 * sample, the chain of the live connection, and the facts behind `status`.
 *
 * Live connection: pages carry the `ch` of the hello (or of the last ack, which repeats it), for
 * as long as the connection lives. `receive` answers `ack` (send it), `redial` (the page did not
 * fit: close, and say hello again), `stop` (the server said bye) or `none`.
 *
 * To plant the mistake of dropping the overlay on acknowledgement, give `isCovered: () => true`.
 */
import type { Id } from "#domain/core/id.ts";
import type { Result } from "#domain/core/result.ts";
import type { Act } from "#domain/sync/command.ts";
import type { Refusal } from "#domain/sync/refusal.ts";
import type { Announcement, Heard, Page, PullReply, PushReply, Reset } from "#protocol/down.ts";
import {
  maxPushBytes,
  maxPushCommands,
  type LiveUp,
  type PullRequest,
  type PushRequest,
} from "#protocol/up.ts";
import { protocolVersion, schemaVersion } from "#protocol/version.ts";
import { receivePage, receiveReset } from "../db/checkpoint.ts";
import type { ClientDb, SyncMeta } from "../db/client-db.ts";
import { countUnsent, discard, realign, settle, takeBatch } from "../db/outbox.ts";
import type { Actor, IsCovered } from "../db/overlay.ts";
import { opened } from "../db/sealed-args.ts";
import { cursorsOf, loadMeta, reachedOf } from "../db/sync-meta.ts";
import { write, type WriteHow } from "../db/write.ts";
import type { FailureKind } from "./api.ts";
import { createServerClock, type DeviceClock, type ServerClock } from "./clock.ts";
import { firstFacts, statusOf, type Reach, type SyncFacts, type SyncStatus } from "./status.ts";

export interface TransportFailure {
  readonly kind: FailureKind;
  readonly retryAfterMs: number | null;
}

/** How requests reach the server. Both moments are by the monotonic clock. */
export interface Transport {
  push(request: PushRequest): Promise<Result<PushReply, TransportFailure>>;
  pull(request: PullRequest): Promise<Result<PullReply, TransportFailure>>;
  /** What a server understands that is older than this app; left out where all are of one version. */
  announced?(): Promise<Result<Announcement, TransportFailure>>;
}

export interface CoreDeps {
  readonly db: ClientDb;
  readonly transport: Transport;
  readonly clock: DeviceClock;
  readonly newId: () => Id;
  /** Who is signed in. */
  readonly actor: () => Actor;
  readonly onFacts?: (facts: SyncFacts) => void;
  /** For simulations that plant a mistake. */
  readonly isCovered?: IsCovered;
}

export type Step =
  /** Nothing more to do of this kind now. */
  | { readonly outcome: "idle" }
  /** Something was done, and more may follow at once. */
  | { readonly outcome: "more" }
  | { readonly outcome: "failed"; readonly failure: TransportFailure };

export type LiveStep =
  | { readonly act: "ack"; readonly message: Extract<LiveUp, { readonly t: "ack" }> }
  | { readonly act: "redial" }
  | { readonly act: "stop"; readonly why: "signed_out" | "revoked" | "upgrade_required" }
  | { readonly act: "none" };

export interface SyncCore {
  /** The mid, or why the rule refused; nothing is stored then. */
  write(act: Act, how?: WriteHow): Promise<Result<number, Refusal>>;
  /** Takes back what never left this device; false: too late. */
  discard(mid: number): Promise<boolean>;
  pushOnce(): Promise<Step>;
  pullOnce(): Promise<Step>;
  hello(): Promise<Extract<LiveUp, { readonly t: "hello" }>>;
  receive(down: Heard): Promise<LiveStep>;
  /** The live connection ended: what comes late through it no longer counts. */
  hangUp(): void;
  /** What was learned outside of push and pull: by the socket, the browser, the storage. */
  learn(facts: Partial<SyncFacts>): void;
  readonly facts: SyncFacts;
  readonly status: SyncStatus;
  readonly serverClock: ServerClock;
}

export function createSyncCore(deps: CoreDeps): SyncCore {
  return new Core(deps);
}

class Core implements SyncCore {
  readonly serverClock: ServerClock;
  readonly #deps: CoreDeps;
  #facts: SyncFacts = firstFacts;
  #liveChain: string | null = null;
  /** What the server understands, when it is older than this app; null: it is not. */
  #announced: Announcement | null = null;
  /** Messages of the live connection are worked through in the order in which they came. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(deps: CoreDeps) {
    this.#deps = deps;
    this.serverClock = createServerClock(deps.clock);
  }

  get facts(): SyncFacts {
    return this.#facts;
  }

  get status(): SyncStatus {
    return statusOf(this.#facts);
  }

  async write(act: Act, how?: WriteHow): Promise<Result<number, Refusal>> {
    const { db, newId, actor } = this.#deps;
    const at = this.serverClock.claim();
    const now = this.serverClock.now();
    const done = await write(db, { act, actor: actor(), at, now, newId, how });
    if (done.ok) await this.#count();
    return done;
  }

  async discard(mid: number): Promise<boolean> {
    const isDone = await discard(this.#deps.db, mid, this.#context());
    await this.#count();
    return isDone;
  }

  async pushOnce(): Promise<Step> {
    const { db, clock, newId, transport } = this.#deps;
    const known = this.#announced?.commands;
    const limits = { commands: maxPushCommands, bytes: maxPushBytes - 1_000, known };
    const { commands: taken, held } = await takeBatch(db, limits, newId);
    const commands = await opened(db, taken);
    this.learn({ held });
    if (commands.length === 0) return this.#counted("idle");
    const sentAt = clock.monotonic();
    const speech = speaking(this.#announced);
    const request = { ...sender(await this.#meta()), ...speech, commands: [...commands] };
    const answer = await transport.push(request);
    if (!answer.ok) return this.#pushFailed(answer.error);
    const { verdicts, expected, time } = answer.value;
    this.serverClock.sample(sentAt, clock.monotonic(), time);
    const isOurs = await settle(db, answer.value, commands, this.#context());
    // Another history: a pull tells where it stands, and then we ask again.
    if (!isOurs) return this.#failed(otherHistory);
    if (expected !== null) await realign(db, expected, this.#context());
    this.#reached();
    // Told nothing new: asking again at once would be told nothing again.
    if (verdicts.length === 0 && expected === null) return this.#failed(nothingSaid);
    return this.#counted("more");
  }

  async pullOnce(): Promise<Step> {
    const { clock, transport } = this.#deps;
    const sentAt = clock.monotonic();
    const answer = await transport.pull(pullRequest(await this.#meta()));
    if (!answer.ok) return this.#failed(answer.error);
    this.serverClock.sample(sentAt, clock.monotonic(), answer.value.time);
    this.#announced = null;
    const outcome = await this.#take(answer.value, null);
    return this.#counted(outcome === "revealed" ? "idle" : "more");
  }

  async hello(): Promise<Extract<LiveUp, { readonly t: "hello" }>> {
    const request = pullRequest(await this.#meta());
    this.#liveChain = request.ch;
    return { t: "hello", ...request };
  }

  receive(down: Heard): Promise<LiveStep> {
    const step = this.#turn.then(() => this.#receive(down));
    this.#turn = step.catch(() => undefined);
    return step;
  }

  hangUp(): void {
    this.#liveChain = null;
    this.learn({ isCaughtUp: false });
  }

  learn(facts: Partial<SyncFacts>): void {
    this.#facts = { ...this.#facts, ...facts };
    this.#deps.onFacts?.(this.#facts);
  }

  async #receive(down: Heard): Promise<LiveStep> {
    switch (down.t) {
      case "page":
      case "reset": {
        const chain = this.#liveChain;
        if (chain === null) return { act: "none" };
        const outcome = await this.#take(down, chain);
        await this.#count();
        // After a reset the chain is another one, which only a new hello can tell.
        return outcome === "dropped" || outcome === "reset" ? { act: "redial" } : this.#ack(chain);
      }
      case "pong":
        return { act: "none" };
      case "bye":
        this.#liveChain = null;
        this.learn({ reach: reachOfBye[down.why], isCaughtUp: false });
        return { act: "stop", why: down.why };
    }
  }

  async #ack(chain: string): Promise<LiveStep> {
    const feeds = reachedOf(await this.#meta());
    return { act: "ack", message: { t: "ack", ch: chain, feeds } };
  }

  async #take(
    message: Page | Reset,
    liveChain: string | null,
  ): Promise<"dropped" | "staged" | "revealed" | "reset"> {
    const { db } = this.#deps;
    if (message.t === "reset") {
      await receiveReset(db, message, this.#deps);
      this.learn({ reach: "reached", isCaughtUp: false });
      return "reset";
    }
    const outcome = await receivePage(db, message, { ...this.#context(), liveChain });
    this.learn({
      reach: "reached",
      ...(outcome === "dropped" ? {} : { isCaughtUp: outcome === "revealed" }),
    });
    return outcome;
  }

  /** Who may not hear may speak: only a pull shows that the versions are in step again. */
  #reached(): void {
    const { reach } = this.#facts;
    const isApart = reach === "update-required" || this.#announced !== null;
    this.learn(isApart ? {} : { reach: "reached" });
  }

  /** A server that is older than this app says what it understands; that much is pushed. */
  async #pushFailed(failure: TransportFailure): Promise<Step> {
    if (failure.kind !== "server-behind" || this.#announced !== null) {
      this.#announced = null;
      return this.#failed(failure);
    }
    const answer = await this.#deps.transport.announced?.();
    if (answer?.ok !== true) return this.#failed(failure);
    this.#announced = answer.value;
    this.learn({ reach: "server-error", isCaughtUp: false });
    return { outcome: "more" };
  }

  #failed(failure: TransportFailure): Step {
    this.learn({ reach: reachOf[failure.kind] ?? this.#facts.reach, isCaughtUp: false });
    return { outcome: "failed", failure };
  }

  async #counted(outcome: "idle" | "more"): Promise<Step> {
    await this.#count();
    return { outcome };
  }

  async #count(): Promise<void> {
    this.learn({ unsent: await countUnsent(this.#deps.db) });
  }

  #meta(): Promise<SyncMeta> {
    const { db, newId } = this.#deps;
    return db.transaction("rw", db.meta, () => loadMeta(db, newId));
  }

  #context() {
    const { actor, newId, isCovered } = this.#deps;
    const context = { actor: actor(), now: this.serverClock.now(), newId };
    return isCovered === undefined ? context : { ...context, isCovered };
  }
}

const otherHistory: TransportFailure = { kind: "aborted", retryAfterMs: null };
const nothingSaid: TransportFailure = { kind: "server-error", retryAfterMs: null };

function sender({ client, instance }: SyncMeta) {
  return { v: protocolVersion, schema: schemaVersion, client, instance };
}

/** The versions in which a server speaks that is older than this app. */
function speaking(announced: Announcement | null): {
  readonly v?: number;
  readonly schema?: number;
} {
  if (announced === null) return {};
  const v = Math.min(protocolVersion, announced.protocol);
  return { v, schema: Math.min(schemaVersion, announced.schema) };
}

function pullRequest(meta: SyncMeta): PullRequest {
  const { epoch, staging } = meta;
  const ch = staging?.ch ?? meta.ch;
  return { ...sender(meta), epoch, ch, feeds: cursorsOf(meta) };
}

const reachOfBye = {
  signed_out: "signed-out",
  revoked: "signed-out",
  upgrade_required: "update-required",
} as const satisfies Record<string, Reach>;

/** What a failure says of the way to the server; null: nothing new (we gave up, or it asked for patience). */
const reachOf = {
  unreachable: "unreachable",
  timeout: "slow",
  captive: "captive",
  "signed-out": "signed-out",
  revoked: "signed-out",
  "update-required": "update-required",
  "server-behind": "server-error",
  busy: "server-error",
  refused: "server-error",
  "server-error": "server-error",
  aborted: null,
} as const satisfies Record<FailureKind, Reach | null>;
