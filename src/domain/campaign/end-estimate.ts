/**
 * When the last message of a launch would be handed over. It rests on the account's limits, on what
 * its last campaigns reached, on who waits for their time, and on equal shares with the campaigns
 * that are at work on it; not on what a provider may do to slow it down. Pure.
 */
import { secondMs, type Instant } from "../core/time.ts";
import { lastAt, type Warmth, type WarmUp } from "../message/warm-up.ts";

/** What decides the end. `provider`: nobody set a limit, and it went so fast of late. */
export const endLimits = [
  "account",
  "sender",
  "domain",
  "recipient",
  "provider",
  "warm_up",
  "times",
] as const;

export type EndLimit = (typeof endLimits)[number];

/** So many may go from this moment on, and not before. */
export interface Release {
  readonly at: Instant;
  readonly n: number;
}

/** So many messages a second; null: nobody set a limit. */
type PerSecond = number | null;

export interface EndFacts {
  readonly startsAt: Instant;
  /** Everybody who goes out, by when they may, in any order. */
  readonly releases: readonly Release[];
  readonly perSecond: PerSecond;
  readonly perSender: PerSecond;
  readonly perDomain: PerSecond;
  /** Of the mail domain that most of them have; 0 where domains do not matter. */
  readonly inOneDomain: number;
  readonly pairSeconds: number | null;
  /** How fast the account's campaigns went of late; null: none did. */
  readonly reached: number | null;
  readonly warmUp: { readonly rule: WarmUp; readonly warmth: Warmth } | null;
  /** What each campaign at work on the account has left, and on other accounts of its sender. */
  readonly onAccount: readonly number[];
  readonly onSender: readonly number[];
}

export interface EndEstimate {
  /** null: nothing is known of its speed. */
  readonly at: Instant | null;
  readonly limit: EndLimit | null;
  /** Of the limit, before it is shared; null where it is no speed. */
  readonly perSecond: number | null;
  /** Campaigns that it is taken to be shared with. */
  readonly sharedWith: number;
}

interface Bound {
  readonly at: Instant;
  readonly limit: EndLimit;
  readonly perSecond: number | null;
  readonly others: readonly number[];
}

/** The latest of what the limits, each by itself, would allow. */
export function estimateEnd(facts: EndFacts): EndEstimate {
  const { startsAt, releases } = facts;
  const n = releases.reduce((sum, release) => sum + release.n, 0);
  const bounds = [...speeds(facts), ...warming(facts, n), ...meeting(facts, n)];
  const released = Math.max(startsAt, ...releases.map(({ at }) => at));
  const last = bounds.toSorted((a, b) => b.at - a.at)[0] ?? null;
  if (n === 0 || (last === null && released === startsAt)) return unknown;
  if (last === null || last.at <= released) {
    return { at: released, limit: "times", perSecond: null, sharedWith: 0 };
  }
  const { at, limit, perSecond, others } = last;
  return { at, limit, perSecond, sharedWith: others.length };
}

const unknown: EndEstimate = { at: null, limit: null, perSecond: null, sharedWith: 0 };

function speeds(facts: EndFacts): readonly Bound[] {
  const { releases, perSecond, perSender, perDomain, reached, onAccount, onSender } = facts;
  const { inOneDomain } = facts;
  const n = releases.reduce((sum, release) => sum + release.n, 0);
  const bound = (limit: EndLimit, speed: PerSecond, others: readonly number[], part = 1) =>
    speed === null
      ? []
      : [{ at: handedOverAt(facts, speed, others, part), limit, perSecond: speed, others }];
  return [
    ...bound("account", perSecond, onAccount),
    ...bound("sender", perSender, [...onAccount, ...onSender]),
    ...(inOneDomain > 0 ? bound("domain", perDomain, onAccount, inOneDomain / n) : []),
    ...(perSecond === null ? bound("provider", reached, onAccount) : []),
  ];
}

/**
 * When the last of this part of each release is through at a speed that others share: each has an
 * equal share for as long as it has something left, so it has to wait for no more of another than
 * it has itself.
 */
function handedOverAt(
  { startsAt, releases }: EndFacts,
  perSecond: number,
  others: readonly number[],
  part: number,
): Instant {
  const mine = releases.reduce((sum, { n }) => sum + n * part, 0);
  const share = others.reduce((sum, left) => sum + Math.min(left * part, mine), 0);
  let at = startsAt + Math.ceil((share / perSecond) * secondMs);
  let isFirst = true;
  for (const release of releases.toSorted((a, b) => a.at - b.at)) {
    const from = isFirst && release.at <= startsAt ? at : Math.max(at, release.at);
    at = from + (release.n * part * secondMs) / perSecond;
    isFirst = false;
  }
  return Math.ceil(at);
}

function warming(facts: EndFacts, n: number): readonly Bound[] {
  const { warmUp, startsAt, onAccount, onSender } = facts;
  if (warmUp === null) return [];
  const others = [...onAccount, ...onSender];
  const all = n + others.reduce((sum, left) => sum + Math.min(left, n), 0);
  const at = lastAt(warmUp.warmth, warmUp.rule, all, startsAt);
  return [{ at, limit: "warm_up", perSecond: null, others }];
}

/** Who is being written to by another campaign is let rest after it. */
function meeting({ pairSeconds, startsAt, onAccount }: EndFacts, n: number): readonly Bound[] {
  if (pairSeconds === null || onAccount.length === 0 || n === 0) return [];
  const at = startsAt + pairSeconds * secondMs;
  return [{ at, limit: "recipient", perSecond: null, others: onAccount }];
}
