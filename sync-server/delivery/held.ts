/**
 * Messages that were claimed and not yet handed over, in their order. The first is taken without
 * moving the thousands behind it.
 */
import type { Instant } from "#domain/core/time.ts";
import { calledWithinMs } from "#domain/message/pacing.ts";
import type { Intended } from "../store/distribution.ts";

/**
 * Whoever is claimed and not called for longer, because the provider asked for rest, does not
 * answer, or the machine slept, is decided on again: consent, quiet hours, the campaign's end.
 */
export const staleMs = calledWithinMs;

export interface Held {
  readonly size: number;
  /** Whether what was decided of people when the first of them were claimed has grown old. */
  isStale(now: Instant): boolean;
  push(messages: readonly Intended[], at: Instant): void;
  /** The one so many behind the first. */
  at(index: number): Intended | undefined;
  remove(index: number): void;
  /** Takes all. */
  takeAll(): readonly Intended[];
}

export function createHeld(): Held {
  // What was taken leaves a hole until the next are pushed, so that it can be forgotten at once.
  let list: (Intended | undefined)[] = [];
  let first = 0;
  /** Claimed together, in order. */
  const claims: { readonly at: Instant; left: number }[] = [];
  const leave = (index: number): void => {
    let [of] = claims;
    for (let k = 0, before = 0; of !== undefined && before + of.left <= index; k++) {
      before += of.left;
      of = claims[k + 1];
    }
    if (of !== undefined) of.left -= 1;
    while (claims[0]?.left === 0) claims.shift();
  };
  return {
    get size() {
      return list.length - first;
    },
    // Also after a clock that was set back.
    isStale: (now) => claims[0] !== undefined && Math.abs(now - claims[0].at) > staleMs,
    push: (messages, at) => {
      if (messages.length > 0) claims.push({ at, left: messages.length });
      list = first === list.length ? [...messages] : [...list.slice(first), ...messages];
      first = 0;
    },
    at: (index) => list[first + index],
    remove: (index) => {
      leave(index);
      if (index > 0) list.splice(first + index, 1);
      else {
        list[first] = undefined;
        first += 1;
      }
    },
    takeAll: () => {
      const all = list.slice(first).filter((each) => each !== undefined);
      list = [];
      first = 0;
      claims.length = 0;
      return all;
    },
  };
}
