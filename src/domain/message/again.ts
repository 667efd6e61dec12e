/**
 * Which messages a person may send again, and what that comes to. The same function counts what
 * a screen shows before, what the API answers, and what the command is judged by.
 */
import type { ReasonCount } from "../report/rollup.ts";
import { reasons, type Reason } from "./reason.ts";
import type { MessageState } from "./state.ts";

/** States in which a message has come to an end that a person may want to change. */
export const retriedStates = [
  "unconfirmed",
  "skipped",
  "failed",
  "undelivered",
] as const satisfies readonly MessageState[];

export type RetriedState = (typeof retriedStates)[number];

/** One kind of messages: those in this state for this reason. */
export interface Picked {
  readonly state: RetriedState;
  readonly reason: Reason;
}

/**
 * `again`: it can succeed as it is. `fixed`: only once somebody mended what is named. `risky`: it
 * may have arrived, so a second send may be a second message. `never`: no, wrong or unwanted.
 * `open`: nothing has ended yet.
 */
export type Chance = "again" | "fixed" | "risky" | "never" | "open";

const chances = {
  none: "open",
  invalid_address: "never",
  unknown_recipient: "never",
  not_capable: "never",
  unreachable: "again",
  blocked_by_recipient: "never",
  opted_out: "never",
  expired: "again",
  carrier_rejected: "again",
  spam_filtered: "fixed",
  content_rejected: "fixed",
  template_invalid: "fixed",
  template_paused: "fixed",
  media_error: "fixed",
  too_long: "fixed",
  auth_failed: "fixed",
  sender_invalid: "fixed",
  region_not_permitted: "fixed",
  account_suspended: "fixed",
  payment_required: "fixed",
  rate_limited: "again",
  quota_reached: "again",
  recipient_cap: "again",
  provider_error: "again",
  provider_timeout: "again",
  network_error: "again",
  no_consent: "never",
  suppressed: "never",
  frequency_cap: "again",
  quiet_hours: "open",
  recipient_time: "open",
  quiet_hours_missed: "again",
  budget_reached: "fixed",
  subscription_inactive: "fixed",
  no_address: "never",
  duplicate_recipient: "never",
  no_code_left: "fixed",
  campaign_canceled: "never",
  campaign_expired: "again",
  render_failed: "fixed",
  config_error: "fixed",
  internal_error: "again",
  unknown: "again",
  outcome_unknown: "risky",
  too_late: "again",
  restored: "risky",
} as const satisfies Record<Reason, Chance>;

/** Whether a message that stands like this may be sent again. */
export function chanceOf(state: MessageState, reason: Reason): Chance {
  if (!isRetried(state)) return "open";
  if (state === "unconfirmed") return reason === "outcome_unknown" ? "risky" : "open";
  return chances[reason];
}

function isRetried(state: MessageState): state is RetriedState {
  return (retriedStates as readonly MessageState[]).includes(state);
}

/** Whether a person may choose it at all. */
export function mayPick({ state, reason }: Picked): boolean {
  const chance = chanceOf(state, reason);
  return chance === "again" || chance === "fixed" || chance === "risky";
}

/** Every kind of messages that can succeed as it is. */
export const canSucceed: readonly Picked[] = retriedStates.flatMap((state) =>
  reasons
    .filter((reason) => chanceOf(state, reason) === "again")
    .map((reason) => ({ state, reason })),
);

/** What sending again comes to. */
export interface RetryPlan {
  /** Each kind of messages with its count, largest first. */
  readonly rows: readonly PlanRow[];
  readonly n: number;
  /** What will be billed: SMS segments, or messages on other channels. */
  readonly segments: number;
}

export interface PlanRow extends Picked {
  readonly n: number;
  readonly segments: number;
}

/** Counts what was picked; null: exactly those that can succeed as they are. */
export function retryPlan(
  counts: readonly ReasonCount[],
  picks: readonly Picked[] | null = null,
): RetryPlan {
  const rows: PlanRow[] = [];
  for (const { state, reason, n, segments = n } of counts) {
    if (n === 0 || !isRetried(state)) continue;
    const isPicked =
      picks === null
        ? chanceOf(state, reason) === "again"
        : picks.some((pick) => pick.state === state && pick.reason === reason);
    if (isPicked && mayPick({ state, reason })) rows.push({ state, reason, n, segments });
  }
  return {
    rows: rows.toSorted((a, b) => b.n - a.n),
    n: rows.reduce((sum, row) => sum + row.n, 0),
    segments: rows.reduce((sum, row) => sum + row.segments, 0),
  };
}
