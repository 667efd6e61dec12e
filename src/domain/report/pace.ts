/** When a campaign is expected to be through. */
import type { Instant } from "../core/time.ts";
import { secondMs } from "../core/time.ts";
import { resolveWindowOf } from "../campaign/account.ts";
import type { Campaign } from "../campaign/campaign.ts";
import type { Rollup } from "./rollup.ts";

/**
 * Messages a second; null while nothing moves, and when all that waited would be out by now: then
 * it is an old rate.
 */
export function presentRate(standing: Standing, now: Instant): number | null {
  const end = endAtRate(standing);
  return end !== null && end > now ? standing.rate : null;
}

type Standing = Pick<Rollup, "states" | "rate" | "at" | "limitedBy" | "waits">;

/**
 * When the last message that still waits for its turn goes out at the present rate; null while
 * nothing moves, or a day's messages of a new sender are out: its rate says nothing of the next day.
 * Who is in doubt waits for proof and not for a turn. Quiet hours that begin meanwhile are waited
 * for where `doneAt` knows them (see nights.ts); who waits for a time of their own goes after it.
 */
export function expectedEnd(standing: Standing, doneAt: DoneAt = atOnce): Instant | null {
  const { states, rate, at, limitedBy, waits = null } = standing;
  const all = states.queued + states.sending;
  if (limitedBy === "warm_up" || rate <= 0 || all === 0) return null;
  const later = Math.min(all, waits?.n ?? 0);
  const through = (from: Instant, n: number) => doneAt(from, Math.ceil(n / rate) * secondMs);
  const first = through(at, all - later);
  return waits === null || later === 0 ? first : through(Math.max(first, waits.until), later);
}

/** When so many milliseconds of work are done that begin at a moment. */
export type DoneAt = (from: Instant, workMs: number) => Instant;

const atOnce: DoneAt = (from, workMs) => from + workMs;

/** Other campaigns that have something to send through the account now: each has an equal share of it. */
export function sharedBy(
  { id, accountId }: Pick<Campaign, "id" | "accountId">,
  others: readonly {
    readonly campaign: Pick<Campaign, "id" | "accountId" | "phase">;
    readonly rollup: Pick<Rollup, "states"> | null;
  }[],
): number {
  return others.filter(
    ({ campaign, rollup }) =>
      campaign.id !== id &&
      campaign.accountId === accountId &&
      campaign.phase === "active" &&
      rollup !== null &&
      rollup.states.queued + rollup.states.sending > 0,
  ).length;
}

function endAtRate({ states, rate, at }: Standing): Instant | null {
  const waiting = states.queued + states.sending;
  return rate <= 0 || waiting === 0 ? null : at + Math.ceil(waiting / rate) * secondMs;
}

/** By when every doubt that there is has ended, by proof or without it; null when there is none. */
export function doubtEndsBy(
  { states, at }: Pick<Rollup, "states" | "at">,
  account: Parameters<typeof resolveWindowOf>[0],
): Instant | null {
  return states.ambiguous === 0 ? null : at + resolveWindowOf(account);
}
