/**
 * The sending of one distribution. Four things go on at once, each started by `pump` whenever
 * another one ends:
 *
 *   fetch   an intent transaction claims the next messages (durable before any byte leaves)
 *   send    calls run side by side, as many as the account's gate lets through
 *   settle  results that gathered while the last settle was written go into one transaction
 *   stop    a pause or a broken way puts what was not yet handed over back into the queue
 */
import type { PauseReason } from "#domain/campaign/lifecycle.ts";
import { minuteMs, secondMs, type Instant } from "#domain/core/time.ts";
import type { Outcome } from "../providers/provider.ts";
import type { Intended, OpenDistribution, Settlement } from "../store/delivery-store.ts";
import type { EngineDeps, FaultPoint, OpenAccount } from "./carriers.ts";
import type { Gate } from "./gate.ts";
import { toSettlement, toUnsent, toUnwritten } from "./outcome.ts";
import { createPace } from "./pace.ts";
import type { Writer } from "./writer.ts";

export interface Lane {
  /** The campaign is active, through this account. */
  run(account: OpenAccount): void;
  /** No further call begins; what was not handed over goes back. */
  halt(): void;
  /** There may be something to claim. */
  nudge(): void;
  /** Calls that outlived every time-out of their provider are in doubt. */
  expire(now: Instant): void;
  readonly isIdle: () => boolean;
  /** Messages handed over a second, of late. */
  readonly rate: (now: Instant) => number;
  readonly nextAt: (now: Instant) => Instant | null;
}

export interface LaneDeps extends EngineDeps {
  readonly distribution: OpenDistribution;
  readonly writer: Writer;
  readonly gate: Gate;
  readonly point: (name: FaultPoint) => void;
  readonly isDead: () => boolean;
  /** Runs it unless the engine is dead, and stays silent when it dies of it. */
  readonly safely: (work: () => void) => void;
  /** Something ended that the engine should look at. */
  readonly wake: () => void;
}

/** A window of intents: enough to share a commit, few enough to stop soon. */
const maxWindow = 200;
const maxSettle = 500;
const callLimitMs = 2 * minuteMs;

interface Call {
  readonly message: Intended;
  readonly segments: number;
  readonly account: OpenAccount;
  readonly since: Instant;
}

export function createLane(deps: LaneDeps): Lane {
  const { store, clock, gate, distribution } = deps;
  const { seq } = distribution;
  const queue: Intended[] = [];
  const calls = new Set<Call>();
  const results: Settlement[] = [];
  const pace = createPace();
  let account: OpenAccount | null = null;
  let stop: { readonly reason: PauseReason; readonly detail: string } | null = null;
  let mayHaveMore = true;
  let isFetching = false;
  let isSettling = false;
  let isPausing = false;
  let quietUntil: Instant = 0;

  const pump = (): void => {
    deps.safely(() => {
      if (account === null || stop !== null) putBack();
      if (stop !== null) void pause();
      const now = clock();
      if (now < quietUntil) return;
      while (account !== null && stop === null && queue.length > 0 && gate.free(now) > 0) {
        const message = queue.shift();
        if (message !== undefined) begin(message, account);
      }
      void settle();
      void fetch(now);
    });
  };

  const guarded = async (work: () => Promise<void>, words: string): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (deps.isDead()) return;
      // A full or busy disk: nothing was lost, so the same is tried again a little later.
      quietUntil = clock() + secondMs;
      deps.log.error({ error, distribution: seq }, words);
    }
  };

  const putBack = (): void => {
    const now = clock();
    for (const message of queue.splice(0)) results.push(toUnsent(message, now));
  };

  const fetch = async (now: Instant): Promise<void> => {
    const want = account === null ? 0 : wanted(account, now);
    if (isFetching || stop !== null || !mayHaveMore || want < 1) return;
    isFetching = true;
    await guarded(async () => {
      deps.point("before intent");
      const { boot } = deps;
      const answer = await store.delivery.intent({ distribution: seq, boot, limit: want, now });
      deps.point("intended");
      queue.push(...answer.messages);
      if (answer.messages.length > 0) return;
      mayHaveMore = answer.decided > 0;
      deps.wake();
    }, "cannot claim messages");
    isFetching = false;
    pump();
  };

  /** With a speed limit only what may start now is claimed; without one, enough to keep the way full. */
  const wanted = ({ limits }: OpenAccount, now: Instant): number => {
    if (limits.perSecond !== null) return Math.min(maxWindow, gate.free(now) - queue.length);
    const goal = Math.min(maxWindow, limits.concurrency * 2);
    return queue.length > goal / 2 || gate.free(now) === 0 ? 0 : goal - queue.length;
  };

  const begin = (message: Intended, through: OpenAccount): void => {
    const written = deps.writer(message);
    const now = clock();
    if (!written.ok) {
      results.push(toUnwritten(message, now, written.error));
      judge("render_failed", written.error);
      return;
    }
    const { content, segments } = written.value;
    const call: Call = { message, segments, account: through, since: now };
    const { workspace, campaignId, channel } = distribution;
    const { n, gen } = message;
    const key = deps.keys.of({ workspace, campaignId, distribution: seq, n, gen });
    deps.point("before send");
    calls.add(call);
    gate.began(now);
    pace.note(now);
    through.carrier.send({ key, channel, to: message.address, content }).then(
      (outcome) => deps.safely(() => end(call, outcome)),
      (error: unknown) => deps.safely(() => end(call, doubt(error))),
    );
  };

  const end = (call: Call, outcome: Outcome): void => {
    if (!calls.delete(call)) return;
    deps.point("sent");
    const now = clock();
    gate.ended();
    if (outcome.outcome === "accepted") gate.succeeded();
    else if (outcome.reason === "rate_limited") {
      gate.slowDown(now, outcome.outcome === "later" ? outcome.afterMs : null);
    } else judge(outcome.reason, outcome.words);
    const { message, segments, account: through } = call;
    const { random } = deps;
    const { provider } = through;
    results.push(toSettlement(outcome, { message, segments, provider, now, random }));
    pump();
  };

  const judge = (reason: Parameters<Gate["failed"]>[0], words: string): void => {
    const verdict = gate.failed(reason);
    if (verdict === "go on" || stop !== null) return;
    stop = { reason: verdict === "stop" ? "breaker" : "provider_auth", detail: words };
  };

  const settle = async (): Promise<void> => {
    if (isSettling || results.length === 0) return;
    isSettling = true;
    const settlements = results.splice(0, maxSettle);
    await guarded(async () => {
      const now = clock();
      try {
        deps.point("before settle");
        const lookAt = account === null ? now : lookAtOf(account, now);
        await store.delivery.settle({ distribution: seq, settlements, lookAt, now });
      } catch (error) {
        results.unshift(...settlements);
        throw error;
      }
      deps.point("settled");
      // A repeat may be among them.
      mayHaveMore = true;
    }, "cannot write results");
    isSettling = false;
    deps.wake();
    pump();
  };

  const pause = async (): Promise<void> => {
    if (isPausing || stop === null) return;
    isPausing = true;
    const { reason, detail } = stop;
    await guarded(async () => {
      await store.delivery.pause({ distribution: seq, reason, detail, now: clock() });
      deps.point("paused");
      account = null;
      stop = null;
    }, "cannot pause the campaign");
    isPausing = false;
    deps.wake();
  };

  const isIdle = (): boolean =>
    queue.length + calls.size + results.length === 0 && !isFetching && !isSettling && !isPausing;

  return {
    run: (through) => {
      account = through;
      gate.setLimits(through.limits);
      pump();
    },
    halt: () => {
      account = null;
      pump();
    },
    nudge: () => {
      mayHaveMore = true;
    },
    expire: (now) => {
      for (const call of calls) {
        if (now - call.since < callLimitMs) continue;
        end(call, { outcome: "unknown", reason: "provider_timeout", code: "", words: "" });
      }
    },
    isIdle,
    rate: pace.rate,
    nextAt: (now) => {
      if (now < quietUntil) return quietUntil;
      if (calls.size > 0 && account === null) return null;
      return account === null || !mayHaveMore ? null : gate.freeAt(now);
    },
  };
}

function lookAtOf({ provider }: OpenAccount, now: Instant): Instant | null {
  if (provider.receipts === "none") return null;
  return provider.receipts === "pull" ? now + secondMs / 2 : now + provider.receiptWindowMs;
}

function doubt(error: unknown): Outcome {
  const words = error instanceof Error ? error.message : String(error);
  return { outcome: "unknown", reason: "provider_error", code: "", words };
}
