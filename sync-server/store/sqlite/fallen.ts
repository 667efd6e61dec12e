/**
 * Messages that go by the channel that their campaign falls back to. Which they are stands beside
 * them: nothing of it is read or written where a campaign has no such channel.
 */
import { reasonOf, type Reason } from "#domain/message/reason.ts";
import type { Way } from "../distribution.ts";
import type { Database } from "./database.ts";
import type { Place } from "./delivery-place.ts";

export interface Fallen {
  /** From this one on it goes by the second way. */
  readonly gen: number;
  readonly reason: Reason;
  /** The first way reached its recipient after all. */
  readonly isReturned: boolean;
  /** Of the other way than the one that it stands in; "": it has none, or the person was erased. */
  readonly otherAddress: string;
}

/** null: it goes by the campaign's own way. */
export function fallenOf(db: Database, { ws, seq }: Place, n: number): Fallen | null {
  const row = db.get(
    "select gen, reason, returned, address from fallen where ws = ? and distribution = ? and n = ?",
    ws,
    seq,
    n,
  );
  if (row === undefined) return null;
  return {
    gen: Number(row["gen"]),
    reason: reasonOf(Number(row["reason"])),
    isReturned: row["returned"] === 1,
    otherAddress: String(row["address"]),
  };
}

/** How timers tell by which way their message goes. */
export const wayCodes = { own: 0, fallback: 1 } as const satisfies Record<Way, number>;

/** As a condition on a row `m` with `ws`, `distribution` and `n`: it goes by this way. */
export function goesBy(way: Way, m: string): string {
  const fell = `exists (select 1 from fallen f where f.ws = ${m}.ws
    and f.distribution = ${m}.distribution and f.n = ${m}.n)`;
  return way === "own" ? `not ${fell}` : fell;
}

/** As a condition on such a row: it counts, and has its address, as one of the second way. */
export function standsBySecond(m: string): string {
  return `exists (select 1 from fallen f where f.ws = ${m}.ws
    and f.distribution = ${m}.distribution and f.n = ${m}.n and f.returned = 0)`;
}

/** Whether a message goes by the way as which its distribution is looked at. */
export function isBy(
  db: Database,
  place: Place & { readonly way: Way; readonly fallsBack: boolean },
  n: number,
): boolean {
  if (!place.fallsBack) return true;
  return (fallenOf(db, place, n) === null) === (place.way === "own");
}

/** Generations that were counted and never begun: who has no address is not sent to by the first way. */
export function neverBegun(reason: Reason): 0 | 1 {
  return reason === "no_address" ? 1 : 0;
}
