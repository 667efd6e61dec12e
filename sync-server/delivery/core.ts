/**
 * The engine as a step machine. `step` looks once at everything that the store says there is
 * to do, does a bounded part of each, and answers when to look again. It owns no timer, no
 * clock and no chance: the runner, a test or a simulation decides when the next step is.
 *
 * What holds whatever happens: a call has a durable intent first; results, counters and phases
 * change together; and nothing that matters lives in memory only, so a dead engine's work is
 * found again by `recover`.
 */
import { hourMs, secondMs, type Instant } from "#domain/core/time.ts";
import type { Receipt } from "../providers/provider.ts";
import type { OpenDistribution } from "../store/delivery-store.ts";
import type { EngineDeps, FaultPoint } from "./carriers.ts";
import { createGate, type Gate } from "./gate.ts";
import { createLane, type Lane } from "./lane.ts";
import { resolveWindowMs } from "./outcome.ts";
import { lookAfter, proofsOf } from "./receipts.ts";
import { createWriter } from "./writer.ts";

export interface Core {
  /** Answers when to step again; null: when woken. */
  step(): Promise<Instant | null>;
  /** Receipts that a provider sent for an account. Resolves when they are durable. */
  receive(account: AccountOf, receipts: readonly Receipt[]): Promise<number>;
  /** No further call begins. */
  halt(): void;
  /** Whether nothing is in flight and everything known is written. */
  isIdle(): boolean;
  /** Stops dead, as a power cut would: for tests. */
  kill(): void;
}

export interface AccountOf {
  readonly workspace: string;
  readonly accountId: string;
}

/** A schedule that comes due while the server is down for longer than this is late. */
export const lateMs = 6 * hourMs;

/** Contacts frozen, and messages canceled, in one transaction. */
const freezeBatch = 5_000;
const cancelBatch = 5_000;
/** A device sees counters at most four times a second. */
const flushEveryMs = 250;
/** Chunks whose receipts are looked after in one step. */
const looksPerStep = 8;

export function createCore(deps: EngineDeps, wake: () => void): Core {
  const { store, clock } = deps;
  const lanes = new Map<number, Lane>();
  const gates = new Map<string, Gate>();
  const flushedAt = new Map<number, Instant>();
  let isDead = false;
  let isHalted = false;
  let isRecovered = false;

  const point = (name: FaultPoint): void => {
    try {
      deps.fault?.(name);
    } catch (error) {
      isDead = true;
      throw error;
    }
  };
  const safely = (work: () => void): void => {
    if (isDead) return;
    try {
      work();
    } catch (error) {
      if (!isDeadNow()) throw error;
    }
  };
  const isDeadNow = (): boolean => isDead;

  const gateOf = (distribution: OpenDistribution): Gate => {
    const known = gates.get(distribution.accountId);
    if (known !== undefined) return known;
    const made = createGate({ perSecond: null, concurrency: 1 });
    gates.set(distribution.accountId, made);
    return made;
  };

  const laneOf = async (distribution: OpenDistribution): Promise<Lane> => {
    const known = lanes.get(distribution.seq);
    if (known !== undefined) return known;
    const content = await store.delivery.content({ distribution: distribution.seq });
    const writer = createWriter(deps.templates, content, distribution.channel);
    const gate = gateOf(distribution);
    const own = { distribution, writer, gate, point, safely, isDead: isDeadNow, wake };
    const lane = createLane({ ...deps, ...own });
    lanes.set(distribution.seq, lane);
    return lane;
  };

  const recover = async (): Promise<void> => {
    if (isRecovered) return;
    const now = clock();
    await store.delivery.recover({ boot: deps.boot, resolveAt: now + resolveWindowMs, now });
    isRecovered = true;
    point("recovered");
  };

  const launchAwaited = async (now: Instant): Promise<Instant | null> => {
    const { awaited } = await store.delivery.work({ now });
    let next: Instant | null = null;
    for (const { workspace, campaignId, phase, dueAt } of awaited) {
      if (phase === "preparing") {
        await store.delivery.launch({ workspace, campaignId, keyed: deps.keyed, now });
        point("launched");
      } else if (dueAt !== null && dueAt <= now) {
        await store.delivery.comeDue({ workspace, campaignId, graceMs: lateMs, now });
        point("came due");
        next = now;
      } else next = earlier(next, dueAt);
    }
    return next;
  };

  /** Brings one distribution on, and answers when it wants to be looked at again. */
  const tend = async (distribution: OpenDistribution, now: Instant): Promise<Instant | null> => {
    const lane = lanes.get(distribution.seq);
    lane?.expire(now);
    const { phase, stage, seq } = distribution;
    if (phase !== "active") lane?.halt();
    if ((phase === "canceled" || phase === null) && stage !== "done") {
      return cancel(distribution, now);
    }
    if (phase === "preparing" && stage === "freezing") {
      const left = await store.delivery.freeze({ distribution: seq, batch: freezeBatch, now });
      point("frozen");
      return left === "stopped" ? null : now;
    }
    if (phase === "active" && !isHalted) return send(distribution, now);
    return null;
  };

  const send = async (distribution: OpenDistribution, now: Instant): Promise<Instant | null> => {
    const { seq, workspace, accountId, hasWork, timerAt } = distribution;
    if (!hasWork) return timerAt;
    const account = await deps.carriers.open(workspace, accountId);
    if (typeof account === "string") {
      const reason = "provider_auth";
      await store.delivery.pause({ distribution: seq, reason, detail: account, now });
      return now;
    }
    const lane = await laneOf(distribution);
    lane.nudge();
    lane.run(account);
    return earlier(lane.nextAt(now), timerAt !== null && timerAt > now ? timerAt : null);
  };

  const cancel = async (distribution: OpenDistribution, now: Instant): Promise<Instant | null> => {
    const { seq, timerAt } = distribution;
    const left = await store.delivery.cancel({ distribution: seq, limit: cancelBatch, now });
    point("canceled");
    if (left === "more") return now;
    return left === "waiting" ? timerAt : null;
  };

  const receipts = async (
    distribution: OpenDistribution,
    now: Instant,
  ): Promise<Instant | null> => {
    const { lookAt, seq } = distribution;
    if (lookAt === null || lookAt > now) return lookAt;
    const account = await deps.carriers.open(distribution.workspace, distribution.accountId);
    for (let looks = 0; looks < looksPerStep; looks++) {
      const found = await store.delivery.awaiting({ distribution: seq, now });
      if (found === null) break;
      const looked = await lookAfter(deps, { distribution, account, found, now });
      await store.delivery.lookedAfter(looked);
      point("looked after");
    }
    return now + secondMs / 4;
  };

  const flush = async (distribution: OpenDistribution, now: Instant): Promise<Instant | null> => {
    const { seq } = distribution;
    const next = (flushedAt.get(seq) ?? 0) + flushEveryMs;
    if (next > now && next <= now + flushEveryMs) return next;
    flushedAt.set(seq, now);
    const rate = lanes.get(seq)?.rate(now) ?? 0;
    const phase = await store.delivery.advance({ distribution: seq, rate, now });
    point("advanced");
    if (phase === "completed") {
      lanes.delete(seq);
      flushedAt.delete(seq);
    }
    return null;
  };

  const needsFlush = ({ isStale, phase, stage }: OpenDistribution): boolean =>
    isStale || (stage === "sending" && (phase === "active" || phase === "settling"));

  return {
    step: async () => {
      if (isDead) return null;
      await recover();
      const now = clock();
      let next = await launchAwaited(now);
      const { open } = await store.delivery.work({ now });
      point("work");
      for (const distribution of open) {
        next = earlier(next, await tend(distribution, now));
        next = earlier(next, await receipts(distribution, now));
        if (needsFlush(distribution)) next = earlier(next, await flush(distribution, now));
        if (isDeadNow()) return null;
      }
      return next;
    },
    receive: async ({ workspace, accountId }, heard) => {
      const found = await proofsOf(deps, { workspace, accountId }, heard);
      let applied = 0;
      for (const [distribution, proofs] of found) {
        const answer = await store.delivery.prove({ distribution, proofs, now: clock() });
        applied += answer.applied;
        point("proven");
      }
      if (applied > 0) wake();
      return applied;
    },
    halt: () => {
      isHalted = true;
      for (const lane of lanes.values()) lane.halt();
    },
    isIdle: () => [...lanes.values()].every((lane) => lane.isIdle()),
    kill: () => {
      isDead = true;
    },
  };
}

function earlier(a: Instant | null, b: Instant | null): Instant | null {
  if (a === null) return b;
  return b === null ? a : Math.min(a, b);
}
