/**
 * The words of five systems, computed from one set of states. Labels are derived here, never
 * stored; each system's identities hold for every set of counts.
 */
import { isLocal, type Reason } from "../message/reason.ts";
import type { MessageState, StateCounts } from "../message/state.ts";
import type { ReasonCount, Rollup } from "./rollup.ts";

/** Unifonic's counters (S1-06 to S1-13). Total = submitted + notSubmitted + waiting; submitted = success + notConfirmed + failed. */
export interface FlowCounters {
  readonly total: number;
  readonly waiting: number;
  readonly submitted: number;
  readonly success: number;
  readonly notConfirmed: number;
  readonly failed: number;
  readonly notSubmitted: number;
}

/** Fiko's counters (S3-14 to S3-20). Total = sent + failed + remaining. */
export interface BroadcastCounters {
  readonly total: number;
  readonly sent: number;
  readonly failed: number;
  readonly remaining: number;
}

/** What the live counters on a card and a campaign page show; they add up to `total`. */
export interface Headline {
  readonly total: number;
  /** Accepted by the provider, with or without a receipt. */
  readonly sent: number;
  /** Of `sent`: confirmed by a receipt. */
  readonly delivered: number;
  readonly failed: number;
  readonly skipped: number;
  readonly toGo: number;
}

type Counts = Pick<Rollup, "total" | "states" | "reasons">;

export function flowCounters({ total, states, reasons }: Counts): FlowCounters {
  const failedLocally = localFailures(reasons);
  const success = states.delivered + states.read;
  const notConfirmed = states.submitted + states.sent + states.unconfirmed + states.ambiguous;
  const failed = states.undelivered + states.failed - failedLocally;
  return {
    total,
    waiting: states.queued + states.sending,
    submitted: success + notConfirmed + failed,
    success,
    notConfirmed,
    failed,
    notSubmitted: failedLocally + states.skipped + states.canceled,
  };
}

export function broadcastCounters({ total, states }: Counts): BroadcastCounters {
  return {
    total,
    sent: accepted(states),
    failed: states.failed + states.undelivered + states.skipped + states.canceled,
    remaining: states.queued + states.sending + states.ambiguous,
  };
}

export function headline({ total, states }: Counts): Headline {
  return {
    total,
    sent: accepted(states),
    delivered: states.delivered + states.read,
    failed: states.failed + states.undelivered,
    skipped: states.skipped + states.canceled,
    toGo: states.queued + states.sending + states.ambiguous,
  };
}

/** Of those sent: messages of which nobody knows whether the provider took them. */
export function unknownOutcomes({ reasons }: Pick<Rollup, "reasons">): number {
  let n = 0;
  for (const row of reasons) {
    if (row.state === "unconfirmed" && row.reason === "outcome_unknown") n += row.n;
  }
  return n;
}

function accepted(states: StateCounts): number {
  return states.submitted + states.sent + states.unconfirmed + states.delivered + states.read;
}

function localFailures(reasons: readonly ReasonCount[]): number {
  let n = 0;
  for (const count of reasons) {
    if (count.state === "failed" && isLocal(count.reason)) n += count.n;
  }
  return n;
}

/** Segments of SMS by what became of them (S4): the seven add up to `total`. */
export interface SegmentCounters {
  readonly total: number;
  readonly queued: number;
  readonly failed: number;
  /** Not tried because the subscription or the budget had ended. */
  readonly ignored: number;
  /** Not tried for any other reason, or the phone could not be reached. */
  readonly unreachable: number;
  readonly undelivered: number;
  readonly unconfirmed: number;
  readonly confirmed: number;
}

/** What the dashboard of S0 counts. */
export interface DashboardCounters {
  /** Accepted by the provider, whatever became of it. */
  readonly sent: number;
  readonly delivered: number;
  readonly failed: number;
}

interface ReasonedSegments {
  readonly state: MessageState;
  readonly reason: Reason;
  readonly segments: number;
}

type SegmentKind = Exclude<keyof SegmentCounters, "total">;

const segmentKinds = {
  queued: "queued",
  sending: "queued",
  ambiguous: "unconfirmed",
  submitted: "unconfirmed",
  sent: "unconfirmed",
  unconfirmed: "unconfirmed",
  skipped: "unreachable",
  canceled: "unreachable",
  failed: "failed",
  undelivered: "undelivered",
  delivered: "confirmed",
  read: "confirmed",
} as const satisfies Record<MessageState, SegmentKind>;

export function segmentCounters(rows: readonly ReasonedSegments[]): SegmentCounters {
  const counters = {
    total: 0,
    queued: 0,
    failed: 0,
    ignored: 0,
    unreachable: 0,
    undelivered: 0,
    unconfirmed: 0,
    confirmed: 0,
  };
  for (const row of rows) {
    counters[segmentKind(row)] += row.segments;
    counters.total += row.segments;
  }
  return counters;
}

function segmentKind({ state, reason }: ReasonedSegments): SegmentKind {
  const isUnpaid = reason === "subscription_inactive" || reason === "budget_reached";
  if (state === "skipped" && isUnpaid) return "ignored";
  const isOutOfReach = reason === "unreachable" || reason === "not_capable";
  if (state === "undelivered" && isOutOfReach) return "unreachable";
  return segmentKinds[state];
}

export function dashboardCounters({ states }: Pick<Rollup, "states">): DashboardCounters {
  return {
    sent: accepted(states) + states.undelivered,
    delivered: states.delivered + states.read,
    failed: states.failed + states.undelivered,
  };
}
