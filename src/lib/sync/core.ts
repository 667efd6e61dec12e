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
 */
import type { Id } from "#domain/core/id.ts";
import type { Result } from "#domain/core/result.ts";
import type { Instant } from "#domain/core/time.ts";
import type { Act } from "#domain/sync/command.ts";
import type { Refusal } from "#domain/sync/refusal.ts";
import type { Announcement, Page, Reset } from "#protocol/down.ts";
import type { Heard } from "#protocol/heard.ts";
import { maxPushBytes, maxPushCommands, type LiveUp, type PullRequest } from "#protocol/up.ts";
import { receivePage, receiveReset } from "../db/checkpoint.ts";
import type { SyncMeta } from "../db/client-db.ts";
import { endDevice, fork, handTaken, offerHand, type Handshake } from "../db/identity.ts";
import {
  countUnsent,
  discard,
  firstInDoubt,
  realign,
  renumberOlder,
  settle,
  takeBatch,
} from "../db/outbox.ts";
import type { Actor, IsCovered } from "../db/overlay.ts";
import { closed, opened } from "../db/sealed-args.ts";
import { cursorsOf, DeviceEnded, loadMeta, reachedOf } from "../db/sync-meta.ts";
import { write, type WriteHow } from "../db/write.ts";
import { CheckedClock, type CheckedClockDeps } from "./checked-clock.ts";
import { momentOf, type Moment, type ServerClock } from "./clock.ts";
import {
  ended,
  nothingSaid,
  otherHistory,
  reachOf,
  reachOfBye,
  type Ending,
  type TransportFailure,
} from "./failures.ts";
import { senderOf, type Sender } from "./sender.ts";
import type { Bye, LiveStep, Step } from "./steps.ts";
import { pulled } from "./pulled.ts";
import type { Transport } from "./transport.ts";
import { firstFacts, statusOf, type SyncFacts, type SyncStatus } from "./status.ts";

export type { Ending, TransportFailure } from "./failures.ts";
export type { LiveStep, Step } from "./steps.ts";

export interface CoreDeps extends CheckedClockDeps {
  readonly transport: Transport;
  readonly newId: () => Id;
  /** Who is signed in. */
  readonly actor: () => Actor;
  readonly onFacts?: (facts: SyncFacts) => void;
  /** The server renewed this device's lease; both are server time. */
  readonly onLease?: (until: Instant, now: Instant) => void;
  /** Once: this device was revoked, and its data is removed. */
  readonly onEnded?: (ending: Ending) => void;
  /** The app's version, for people to read in the list of devices. */
  readonly app?: string;
  /** For simulations that plant a mistake: `() => true` drops the overlay on acknowledgement. */
  readonly isCovered?: IsCovered;
}

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
  /** An answer outside of push and pull told the server's time. */
  compare(sent: Moment, serverTime: Instant): Promise<void>;
  /** An answer told until when this device may keep its data. */
  renew(lease: Instant | undefined): void;
  /** The person left the workspace: nothing of it stays, as with a device that was revoked. */
  end(why: string | null): Promise<void>;
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
  #hasEnded = false;
  /** Whether this start has changed the device's nonce: a copy of the profile then has a stale one. */
  #hasShakenHands = false;
  #said: Handshake | null = null;
  /** As it was last counted; null: not since this start. */
  #unsent: number | null = null;
  #liveChain: string | null = null;
  readonly #clock: CheckedClock;
  /** What the server understands, when it is older than this app; null: it is not. */
  #announced: Announcement | null = null;
  /** Messages of the live connection are worked through in the order in which they came. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(deps: CoreDeps) {
    this.#deps = deps;
    this.#clock = new CheckedClock(deps);
    this.serverClock = this.#clock.serverClock;
  }

  get facts(): SyncFacts {
    return this.#facts;
  }

  get status(): SyncStatus {
    return statusOf(this.#facts);
  }

  async write(act: Act, how?: WriteHow): Promise<Result<number, Refusal>> {
    const { db, newId, actor } = this.#deps;
    const dated = await this.#clock.claim();
    const { act: kept, sealed } = await closed(db, act, newId);
    const input = { act: kept, typed: act, sealed, ...dated, actor: actor(), newId, how };
    const done = await write(db, input);
    if (done.ok) await this.#count();
    return done;
  }

  async discard(mid: number): Promise<boolean> {
    const isDone = await discard(this.#deps.db, mid, this.#context());
    return this.#count().then(() => isDone);
  }

  pushOnce(): Promise<Step> {
    return this.#whileHere(() => this.#push());
  }

  async #push(): Promise<Step> {
    const { db, clock, newId, transport } = this.#deps;
    const known = this.#announced?.commands;
    const limits = { commands: maxPushCommands, bytes: maxPushBytes - 1_000, known };
    const meta = await this.#meta();
    if (meta.mustProbe) await renumberOlder(db, this.#context());
    const { commands: taken, held } = await takeBatch(db, limits, newId);
    const commands = await opened(db, taken);
    this.learn({ held });
    if (commands.length === 0) return this.#counted("idle");
    const sent = momentOf(clock);
    const request = { ...(await this.#sender(meta)), commands: [...commands] };
    const answer = await transport.push(request);
    if (!answer.ok) return this.#pushFailed(answer.error, request);
    await handTaken(db, request, newId);
    const { verdicts, expected, time } = answer.value;
    await this.#clock.sample(sent, time);
    const isOurs = await settle(db, answer.value, commands, { ...this.#context(), now: time });
    // Another history: a pull tells where it stands, and then we ask again.
    if (!isOurs) return this.#failed(otherHistory);
    if (expected !== null) {
      await realign(db, expected, this.#context(), firstInDoubt(meta, expected));
    }
    this.#reached();
    // Told nothing new: asking again at once would be told nothing again.
    if (verdicts.length === 0 && expected === null) return this.#failed(nothingSaid);
    return this.#counted("more");
  }

  pullOnce(): Promise<Step> {
    return this.#whileHere(() => this.#pull());
  }

  async #pull(): Promise<Step> {
    const { db, clock, newId, transport } = this.#deps;
    const sent = momentOf(clock);
    const request = await this.#pullRequest();
    const answer = await pulled(transport, request, (page) => this.#take(page, null));
    if (answer === "broken") return { outcome: "more" };
    if (!answer.ok) return this.#refused(answer.error, request);
    await handTaken(db, request, newId);
    await this.#clock.sample(sent, answer.value.time);
    this.#announced = null;
    this.renew(answer.value.lease);
    const outcome = await this.#take(answer.value, null);
    return this.#counted(outcome === "revealed" ? "idle" : "more");
  }

  async hello(): Promise<Extract<LiveUp, { readonly t: "hello" }>> {
    const request = await this.#pullRequest();
    this.#liveChain = request.ch;
    this.#said = request;
    return { t: "hello", ...request };
  }

  compare(sent: Moment, serverTime: Instant): Promise<void> {
    return this.#clock.sample(sent, serverTime);
  }

  renew(lease: Instant | undefined): void {
    if (lease !== undefined) this.#deps.onLease?.(lease, this.serverClock.now());
  }

  receive(down: Heard): Promise<LiveStep> {
    const step = this.#turn.then(() => this.#received(down));
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

  async #received(down: Heard): Promise<LiveStep> {
    if (this.#hasEnded) return { act: "stop", why: "revoked" };
    try {
      return await this.#receive(down);
    } catch (error) {
      if (!(error instanceof DeviceEnded)) throw error;
      this.#ended({ why: null, lost: {} });
      return { act: "stop", why: "revoked" };
    }
  }

  async #receive(down: Heard): Promise<LiveStep> {
    switch (down.t) {
      case "page":
      case "reset": {
        const chain = this.#liveChain;
        if (chain === null) return { act: "none" };
        await this.#heardHello();
        this.renew(down.lease);
        const outcome = await this.#take(down, chain);
        await this.#count();
        // After a reset the chain is another one, which only a new hello can tell.
        return outcome === "dropped" || outcome === "reset" ? { act: "redial" } : this.#ack(chain);
      }
      case "pong":
        return { act: "none" };
      case "bye":
        this.#liveChain = null;
        return this.#leave(down);
    }
  }

  async #leave({ why, detail }: Bye): Promise<LiveStep> {
    if (why === "revoked") await this.end(detail ?? null);
    if (why === "fork" && this.#said !== null) {
      await fork(this.#deps.db, this.#said, this.#deps.newId);
    }
    this.learn({ reach: reachOfBye[why], isCaughtUp: false });
    return { act: "stop", why };
  }

  /** The first answer to a hello: its nonce counts. */
  async #heardHello(): Promise<void> {
    const said = this.#said;
    if (said?.next === undefined) return;
    await handTaken(this.#deps.db, said, this.#deps.newId);
    const { next: instance, client } = said;
    this.#said = { client, instance };
  }

  async #ack(chain: string): Promise<LiveStep> {
    return { act: "ack", message: { t: "ack", ch: chain, feeds: reachedOf(await this.#meta()) } };
  }

  async #take(
    message: Page | Reset,
    liveChain: string | null,
  ): Promise<"dropped" | "staged" | "revealed" | "reset"> {
    const { db } = this.#deps;
    if (message.t === "reset") {
      await receiveReset(db, message, this.#context());
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
    const isApart = this.#facts.reach === "update-required" || this.#announced !== null;
    this.learn(isApart ? {} : { reach: "reached" });
  }

  /** A server that is older than this app says what it understands; that much is pushed. */
  async #pushFailed(failure: TransportFailure, said: Handshake): Promise<Step> {
    if (failure.kind !== "server-behind" || this.#announced !== null) {
      this.#announced = null;
      return this.#refused(failure, said);
    }
    const answer = await this.#deps.transport.announced?.();
    if (answer?.ok !== true) return this.#failed(failure);
    this.#announced = answer.value;
    this.learn({ reach: "server-error", isCaughtUp: false });
    return { outcome: "more" };
  }

  /** What works on a device that has not ended; on one that has, nothing is done. */
  async #whileHere(work: () => Promise<Step>): Promise<Step> {
    if (this.#hasEnded) return { outcome: "failed", failure: ended };
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof DeviceEnded)) throw error;
      this.#ended({ why: null, lost: {} });
      return { outcome: "failed", failure: ended };
    }
  }

  async #refused(failure: TransportFailure, said: Handshake): Promise<Step> {
    const { db, newId } = this.#deps;
    if (failure.kind === "revoked") await this.end(failure.detail ?? null);
    if (failure.kind === "fork" && (await fork(db, said, newId))) return this.#counted("more");
    return this.#failed(failure);
  }

  async end(why: string | null): Promise<void> {
    const { db, newId } = this.#deps;
    const lost = await endDevice(db, newId);
    this.#ended({ why, lost: lost ?? {} });
  }

  #ended(ending: Ending): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#liveChain = null;
    this.learn({ reach: "signed-out", isCaughtUp: false, unsent: 0 });
    this.#deps.onEnded?.(ending);
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
    this.#unsent = await countUnsent(this.#deps.db);
    this.learn({ unsent: this.#unsent });
  }

  async #sender(meta: SyncMeta): Promise<Sender> {
    const { db, app } = this.#deps;
    this.#unsent ??= await countUnsent(db);
    const unsent = this.#unsent;
    return senderOf(meta, { unsent, app, announced: this.#announced });
  }

  /** A pull, or a hello; the first of a start moves the nonce on. */
  async #pullRequest(): Promise<PullRequest> {
    const { db, newId } = this.#deps;
    const meta = await (this.#hasShakenHands ? this.#meta() : offerHand(db, newId));
    this.#hasShakenHands = true;
    const said = await this.#sender(meta);
    const ch = meta.staging?.ch ?? meta.ch;
    return { ...said, epoch: meta.epoch, ch, feeds: cursorsOf(meta) };
  }

  #meta(): Promise<SyncMeta> {
    const { db, newId } = this.#deps;
    return db.transaction("rw", db.meta, () => loadMeta(db, newId));
  }

  #context() {
    const { actor, newId, isCovered } = this.#deps;
    const now = this.serverClock.now();
    return { actor: actor(), now, newId, ...(isCovered && { isCovered }) };
  }
}
