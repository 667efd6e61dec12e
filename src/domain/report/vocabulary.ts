/**
 * The words of five systems, computed from one set of states. Labels are derived here, never
 * stored; each system's identities hold for every set of counts.
 */
import { isLocal, type Reason } from "../message/reason.ts";
import type { MessageState } from "../message/state.ts";
import type { ReasonCount, Rollup } from "./rollup.ts";
import { sumsBy } from "./sums-by.ts";

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

type Counts = Pick<Rollup, "total" | "states" | "reasons">;

type FlowKind = "waiting" | "success" | "notConfirmed" | "failed" | "notSubmitted";

const flowKinds = {
  queued: "waiting",
  sending: "waiting",
  ambiguous: "notConfirmed",
  submitted: "notConfirmed",
  sent: "notConfirmed",
  unconfirmed: "notConfirmed",
  skipped: "notSubmitted",
  canceled: "notSubmitted",
  // Those that failed on our side are told apart by their reason.
  failed: "failed",
  undelivered: "failed",
  delivered: "success",
  read: "success",
} as const satisfies Record<MessageState, FlowKind>;

const broadcastKinds = {
  queued: "remaining",
  sending: "remaining",
  ambiguous: "remaining",
  submitted: "sent",
  sent: "sent",
  unconfirmed: "sent",
  skipped: "failed",
  canceled: "failed",
  failed: "failed",
  undelivered: "failed",
  delivered: "sent",
  read: "sent",
} as const satisfies Record<MessageState, "sent" | "failed" | "remaining">;

export function flowCounters({ total, states, reasons }: Counts): FlowCounters {
  const sums = sumsBy(states, flowKinds);
  const failedLocally = localFailures(reasons);
  const { waiting = 0, success = 0, notConfirmed = 0 } = sums;
  const failed = (sums.failed ?? 0) - failedLocally;
  return {
    total,
    waiting,
    submitted: success + notConfirmed + failed,
    success,
    notConfirmed,
    failed,
    notSubmitted: (sums.notSubmitted ?? 0) + failedLocally,
  };
}

export function broadcastCounters({ total, states }: Counts): BroadcastCounters {
  const { sent = 0, failed = 0, remaining = 0 } = sumsBy(states, broadcastKinds);
  return { total, sent, failed, remaining };
}

/** Of those sent: messages of which nobody knows whether the provider took them. */
export function unknownOutcomes({ reasons }: Pick<Rollup, "reasons">): number {
  let n = 0;
  for (const row of reasons) {
    if (row.state === "unconfirmed" && row.reason === "outcome_unknown") n += row.n;
  }
  return n;
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
  /** Not sent because the account was unpaid or locked, or the budget had ended. */
  readonly ignored: number;
  /** Not tried for any other reason, or the phone could not be reached. */
  readonly unreachable: number;
  /** Of `unreachable` (AMB-16): the recipient had unsubscribed or never agreed, or the number was taken off the lists (S4-14). */
  readonly unsubscribed: number;
  /** Of `unreachable`: the carrier did not take it to the phone at all. */
  readonly carrier: number;
  /** Of `unreachable`: the phone was off or had no signal. */
  readonly signal: number;
  /** Of `unreachable`: the phone cannot receive this kind of message. */
  readonly device: number;
  readonly undelivered: number;
  readonly unconfirmed: number;
  readonly confirmed: number;
}

/** What the dashboard of S0 counts. */
export interface DashboardCounters {
  /** Accepted by the provider, whatever became of it. */
  readonly sent: number;
  readonly delivered: number;
  /** Accepted, and neither confirmed nor refused: shown beside, never added to what was delivered. */
  readonly unconfirmed: number;
  readonly failed: number;
  /** Of `delivered`: it had failed before (S0-13). */
  readonly recovered: number;
}

interface ReasonedSegments {
  readonly state: MessageState;
  readonly reason: Reason;
  readonly segments: number;
}

/** Why segments reached nobody. */
type OutOfReach = "unsubscribed" | "carrier" | "signal" | "device";

type SegmentKind = Exclude<keyof SegmentCounters, "total" | OutOfReach>;

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

/** The reasons of an unpaid, locked or used-up account, wherever the message stood when it was found. */
const unpaid: ReadonlySet<Reason> = new Set<Reason>([
  "subscription_inactive",
  "budget_reached",
  "payment_required",
  "account_suspended",
]);

/** A carrier that refused did not try; one that let it expire did. */
const outOfReach: Partial<Readonly<Record<Reason, OutOfReach>>> = {
  opted_out: "unsubscribed",
  no_consent: "unsubscribed",
  suppressed: "unsubscribed",
  carrier_rejected: "carrier",
  unreachable: "signal",
  not_capable: "device",
};

export function segmentCounters(rows: readonly ReasonedSegments[]): SegmentCounters {
  const counters = {
    total: 0,
    queued: 0,
    failed: 0,
    ignored: 0,
    unreachable: 0,
    unsubscribed: 0,
    carrier: 0,
    signal: 0,
    device: 0,
    undelivered: 0,
    unconfirmed: 0,
    confirmed: 0,
  };
  for (const row of rows) {
    const kind = segmentKind(row);
    counters[kind] += row.segments;
    const why = outOfReach[row.reason];
    if (kind === "unreachable" && why !== undefined) counters[why] += row.segments;
    counters.total += row.segments;
  }
  return counters;
}

function segmentKind({ state, reason }: ReasonedSegments): SegmentKind {
  const kind = segmentKinds[state];
  if ((kind === "unreachable" || kind === "failed") && unpaid.has(reason)) return "ignored";
  return kind === "undelivered" && outOfReach[reason] !== undefined ? "unreachable" : kind;
}

export function dashboardCounters({
  states,
  marks,
}: Pick<Rollup, "states" | "marks">): DashboardCounters {
  const delivered = states.delivered + states.read;
  const unconfirmed = states.submitted + states.sent + states.unconfirmed;
  return {
    sent: delivered + unconfirmed + states.undelivered,
    delivered,
    unconfirmed,
    failed: states.failed + states.undelivered,
    recovered: marks?.recovered ?? 0,
  };
}
