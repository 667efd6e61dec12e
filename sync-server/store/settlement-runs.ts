/**
 * Results of neighbours that came to the same are one result with a number of times: so it is with
 * most of what is accepted at one moment. What a run says, it says of each of its messages.
 */
import type { Settlement } from "./delivery-store.ts";

/** Whether `next` says of the message after `last` what `last` says of its own. */
export function continuesRun(last: Settlement, lastTimes: number, next: Settlement): boolean {
  return (
    next.n === last.n + lastTimes &&
    next.at === last.at &&
    next.state === last.state &&
    next.reason === last.reason &&
    next.gen === last.gen &&
    next.try === last.try &&
    next.segments === last.segments &&
    isPlain(last) &&
    isPlain(next)
  );
}

/** Whether it ends a call and leaves nothing of its own to remember. */
export function isPlain({ attempt, counts, dueAt, providerId, renews }: Settlement): boolean {
  return attempt === null && providerId === null && dueAt === null && !renews && counts;
}

export function timesOf({ times = 1 }: Settlement): number {
  return times;
}

/** One for each message. */
export function eachOf(settlements: readonly Settlement[]): readonly Settlement[] {
  return settlements.flatMap((settlement) => alone(settlement));
}

function alone({ times = 1, ...settlement }: Settlement): readonly Settlement[] {
  return Array.from({ length: times }, (_, index) => ({ ...settlement, n: settlement.n + index }));
}
