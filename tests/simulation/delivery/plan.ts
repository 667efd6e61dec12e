/** Everything of a run that is decided before its first step, all of it from the seed. */
import { defaultLimits, type Limits, type UnknownPolicy } from "#domain/campaign/account.ts";
import { dayMs, hourMs, minuteMs, secondMs } from "#domain/core/time.ts";
import type { FrequencyCap } from "#domain/limits/people-limits.ts";
import type { ReceiptDelay } from "#domain/message/receipt-delay.ts";
import type { DailySpan, QuietHours } from "#domain/schedule/quiet-hours.ts";
import type { Random } from "../random.ts";
import type { DeliveryBug } from "./violation.ts";

/**
 * `plain`: sent once. `recurring`: on some days in a row. `triggered`: to each person for whom
 * something happens, or a code is redeemed. `dated`: when a date of theirs comes. `entering`: when
 * they come into the audience. `approved`: where another person has to agree first.
 */
export type Kind = "plain" | "recurring" | "triggered" | "dated" | "entering" | "approved";

/** Whether it stays live until somebody ends it. */
export function isWaiting(kind: Kind): boolean {
  return kind === "triggered" || kind === "dated" || kind === "entering";
}

/** What a run's messages have to obey beyond the limits of the account. */
export interface Rules {
  readonly quietHours: QuietHours | null;
  /** Each recipient's own clocks have to show the planned time. */
  readonly isLocal: boolean;
  /** How long after the start of time campaigns end; null: never. */
  readonly validForMs: number | null;
  readonly cap: FrequencyCap | null;
}

export interface Trigger {
  readonly by: "event" | "redeemed";
  /** Whether those are written to who are in the audience from the beginning. */
  readonly existing: "skip" | "send";
  readonly delayMinutes: number;
  readonly againAfterHours: number | null;
}

export interface Plan {
  readonly seed: number;
  readonly bug: DeliveryBug | null;
  /** Whether the provider acts once on a repeated key. */
  readonly isKeyed: boolean;
  /** What becomes of doubt where it does not. */
  readonly onUnknown: UnknownPolicy;
  /** What the account's receipts taught before; null: too few came. */
  readonly receiptDelay: ReceiptDelay | null;
  readonly receipts: "push" | "pull";
  readonly receiptWindowMs: number;
  /** More receipts come than are merged at once: each waits for the next step. */
  readonly keepsReceipts: boolean;
  readonly people: number;
  readonly kind: Kind;
  readonly campaigns: 1 | 2;
  /** Whoever the first channel does not reach gets a text message through a second account. */
  readonly fallsBack: boolean;
  /** Codes in the pool of which every message carries one; null: messages carry none. */
  readonly codes: number | null;
  readonly limits: Limits;
  readonly rules: Rules;
  /** How long after the start a schedule comes due; null: sent at once. */
  readonly scheduledInMs: number | null;
  readonly ifLate: "hold" | "sendNow";
  /** Times of a recurring campaign. */
  readonly times: number;
  readonly trigger: Trigger;
  /** Nobody resumes what the system paused. */
  readonly leavesPauses: boolean;
  /** Acts before the faults end. */
  readonly acts: number;
  /** The longest that passes between two acts. */
  readonly longestMs: number;
  /** Power cuts at one passing of a fault point, before or after the commit. */
  readonly cutChance: number;
  readonly jumps: boolean;
  readonly fills: boolean;
}

export function createPlan(seed: number, random: Random, bug: DeliveryBug | null): Plan {
  const isLarge = random.chance(0.01);
  const kind = homeOf(bug) ?? (isLarge || random.chance(0.65) ? "plain" : random.pick(otherKinds));
  const rules = createRules(kind, random);
  const isOfTwo = bug === "keeps-the-turn";
  const canBeTwo = kind === "plain" && !isLarge;
  const people = isLarge ? 495 + random.below(120) : 4 + random.below(36);
  const plan: Plan = {
    seed,
    bug,
    people,
    kind,
    campaigns: canBeTwo && (random.chance(rules.cap === null ? 0.2 : 0.9) || isOfTwo) ? 2 : 1,
    codes: codesOf(seed, people, bug),
    rules,
    fallsBack: false,
    receiptDelay: learnedOf(seed, bug),
    keepsReceipts: seed % 7 === 3 || bug === "loses-kept",
    ...createProvider(random),
    ...createTimes(seed, random),
    ...createFaults({ kind, rules }, random),
  };
  return mayFall(plan) ? falling(plan) : plan;
}

/** Every fourth run that may: nothing is drawn for it, so that the other seeds stay what they were. */
function mayFall({ seed, bug, kind, campaigns, rules }: Plan): boolean {
  const isWanted = seed % 4 === 1 || isAboutFalling(bug);
  return isWanted && kind === "plain" && campaigns === 1 && isFree(rules);
}

/** Each account has a speed of its own: what both do together no limit tells. */
function falling(plan: Plan): Plan {
  return { ...plan, fallsBack: true, limits: { ...plan.limits, perSecond: null } };
}

/** The rulebook knows people by their first address: it looks at nothing here. */
function isFree({ quietHours, isLocal, validForMs, cap }: Rules): boolean {
  return quietHours === null && !isLocal && validForMs === null && cap === null;
}

function isAboutFalling(bug: DeliveryBug | null): boolean {
  return bug === "falls-in-doubt" || bug === "falls-twice";
}

type ProviderPlan = Pick<Plan, "isKeyed" | "onUnknown" | "receipts" | "receiptWindowMs" | "limits">;

function createProvider(random: Random): ProviderPlan {
  return {
    isKeyed: random.chance(0.55),
    onUnknown: random.pick(["hold", "resend"]),
    receipts: random.chance(0.75) ? "push" : "pull",
    receiptWindowMs: random.pick([5 * secondMs, 120 * secondMs, 600 * secondMs]),
    limits: {
      ...defaultLimits,
      perSecond: random.chance(0.5) ? null : 2 + random.below(40),
      concurrency: 1 + random.below(20),
    },
  };
}

function createTimes(
  seed: number,
  random: Random,
): Pick<Plan, "scheduledInMs" | "ifLate" | "times" | "trigger"> {
  return {
    scheduledInMs: random.chance(0.15) ? random.below(20 * secondMs) : null,
    ifLate: random.pick(["hold", "sendNow"]),
    times: 1 + random.below(3),
    trigger: {
      delayMinutes: random.pick([0, 0, 1, 45]),
      againAfterHours: random.pick([null, 1, 24]),
      by: seed % 2 === 0 ? "event" : "redeemed",
      existing: seed % 4 < 2 ? "skip" : "send",
    },
  };
}

type FaultPlan = Pick<
  Plan,
  "leavesPauses" | "acts" | "longestMs" | "cutChance" | "jumps" | "fills"
>;

function createFaults({ kind, rules }: Pick<Plan, "kind" | "rules">, random: Random): FaultPlan {
  // Where times of the day count, a clock that is wrong makes every time the wrong one.
  const isTimed =
    kind === "recurring" || kind === "dated" || rules.quietHours !== null || rules.isLocal;
  return {
    leavesPauses: random.chance(0.12),
    acts: 60 + random.below(60),
    longestMs: isTimed || random.chance(0.15) ? random.pick([hourMs, 8 * hourMs]) : 5 * secondMs,
    cutChance: random.pick([0, 0.004, 0.02]),
    jumps: random.chance(0.3) && !isTimed,
    fills: random.chance(0.3),
  };
}

/** Every third run has a pool, now and then too small: nothing is drawn for it, so that seeds stay what they were. */
function codesOf(seed: number, people: number, bug: DeliveryBug | null): number | null {
  const isAboutCodes = bug === "issues-code-twice" || bug === "returns-known-codes";
  if (seed % 3 !== 0 && !isAboutCodes) return null;
  return seed % 2 === 0 ? Math.ceil(people / 2) : people * 8;
}

/** Every fifth account has learned before; nothing is drawn for it either. */
function learnedOf(seed: number, bug: DeliveryBug | null): ReceiptDelay | null {
  if (seed % 5 !== 0 && bug !== "waits-too-short") return null;
  return { p99Ms: 90 * secondMs, receipts: 1_000 };
}

/** The only campaigns that a planted mistake can show in; null: any. */
function homeOf(bug: DeliveryBug | null): Kind | null {
  return bug === null ? null : (homes[bug] ?? null);
}

const homes: Partial<Record<DeliveryBug, Kind>> = {
  "fires-twice": "recurring",
  "forgets-firing": "recurring",
  "keeps-misses-quiet": "recurring",
  "enters-twice": "triggered",
  "loses-entry": "triggered",
  "skips-delay": "triggered",
  "takes-any-code": "triggered",
  "dates-twice": "dated",
  "loses-date": "dated",
  "dates-too-soon": "dated",
  "comes-twice": "entering",
  "loses-comer": "entering",
  "ignores-approval": "approved",
  "keeps-the-turn": "plain",
  "falls-in-doubt": "plain",
  "falls-twice": "plain",
};

const otherKinds = ["recurring", "triggered", "dated", "entering", "approved"] as const;

const spans: readonly [DailySpan, DailySpan] = [
  { from: "21:00", to: "08:00" },
  { from: "12:00", to: "15:30" },
];

function createRules(kind: Kind, random: Random): Rules {
  const quietHours: QuietHours = {
    ...random.pick(spans),
    countries: random.chance(0.5) ? { IN: { from: "17:00", to: "10:00" } } : {},
    zone: "Europe/London",
  };
  const validForMs = random.pick([20 * secondMs, 10 * minuteMs, 9 * hourMs, 2 * dayMs]);
  return {
    quietHours: random.chance(0.12) ? quietHours : null,
    isLocal: kind === "plain" && random.chance(0.08),
    validForMs: random.chance(0.12) ? validForMs : null,
    cap: random.chance(0.12) ? { messages: 1 + random.below(2), days: 1 + random.below(3) } : null,
  };
}

/** The plan in one line, for who repeats a seed. */
export function describePlan(plan: Plan): string {
  return JSON.stringify(plan);
}
