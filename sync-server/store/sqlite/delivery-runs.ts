/**
 * Neighbours that stand alike and become the same are written by one statement, at a fifth of
 * the cost. So it is with most results of a batch (accepted, at the same moment, without an id
 * of the provider's own), and with what is canceled.
 */
import { isAccepted } from "#domain/report/series.ts";
import type { Settlement } from "../delivery-store.ts";
import { type Message } from "./delivery-moves.ts";
import { chunkRows } from "./delivery-place.ts";

/** Results in their order, those that can be written together in one list. */
export function runsOf(
  settlements: readonly Settlement[],
  known: ReadonlyMap<number, Message>,
): readonly (readonly Settlement[])[] {
  const isTwice = new Set(settlements.map(({ n }) => n)).size < settlements.length;
  // A second result of a message has to see what the first one did.
  if (isTwice) return settlements.map((settlement) => [settlement]);
  const runs: Settlement[][] = [];
  for (const settlement of settlements) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    if (run !== undefined && last !== undefined && continues(last, settlement, known)) {
      run.push(settlement);
    } else runs.push([settlement]);
  }
  return runs;
}

/** Messages of one chunk in order of n, neighbours that stand alike in one list. */
export function alike(messages: readonly Message[]): readonly (readonly Message[])[] {
  const runs: Message[][] = [];
  for (const message of messages) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    const isNext = last?.n === message.n - 1 && last.state === message.state;
    if (run !== undefined && last !== undefined && isNext && standAlike(last, message)) {
      run.push(message);
    } else runs.push([message]);
  }
  return runs;
}

function continues(
  last: Settlement,
  next: Settlement,
  known: ReadonlyMap<number, Message>,
): boolean {
  if (next.n !== last.n + 1 || last.n % chunkRows === 0) return false;
  const from = known.get(last.n);
  const to = known.get(next.n);
  if (from === undefined || to === undefined || !standAlike(from, to)) return false;
  return isPlain(last, from) && isPlain(next, to) && sayTheSame(last, next);
}

/** Whether it is an acceptance of the call that is in flight, and nothing else. */
function isPlain(settlement: Settlement, { state, gen, try: attempt }: Message): boolean {
  const { attempt: trouble, counts, dueAt, providerId, renews } = settlement;
  const isOurCall = state === "sending" && gen === settlement.gen && attempt === settlement.try;
  const hasMore = trouble !== null || providerId !== null || dueAt !== null || renews || !counts;
  return (
    isOurCall && !hasMore && isAccepted(settlement.state) && settlement.state !== "undelivered"
  );
}

function sayTheSame(a: Settlement, b: Settlement): boolean {
  return a.state === b.state && a.reason === b.reason && a.at === b.at && a.segments === b.segments;
}

function standAlike(a: Message, b: Message): boolean {
  return (
    a.gen === b.gen &&
    a.try === b.try &&
    a.reason === b.reason &&
    a.segments === b.segments &&
    a.marks === b.marks
  );
}
