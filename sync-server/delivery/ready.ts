/**
 * The messages of one distribution that are claimed and not yet called for: who of them may go
 * now, by the limits of their recipients. Who waits for a moment stays; who waits longer gets a
 * turn, and makes room for others.
 */
import { secondMs, type Instant } from "#domain/core/time.ts";
import type { Intended } from "../store/distribution.ts";
import type { Gate } from "./gate.ts";
import { createHeld } from "./held.ts";
import type { LimitCounts } from "./limit-counts.ts";
import { toDeferred, toUnsent } from "./outcome.ts";
import type { Results } from "./results.ts";

export interface Ready {
  readonly size: number;
  /** Whether what was decided of people when the first of them were claimed has grown old. */
  isStale(now: Instant): boolean;
  push(messages: readonly Intended[], at: Instant): void;
  /** Looks at all of them anew. */
  lookAgain(): void;
  /** The first that may go. */
  take(now: Instant): Intended | undefined;
  /** When the first of those may go that were passed over; null: nobody was. */
  readonly nextAt: Instant | null;
  /** Whether none of them could go when they were looked at last. */
  readonly isWaiting: boolean;
  /** A message that was not handed over is nobody's yet: back into the queue. */
  putBack(now: Instant): void;
}

export interface ReadyDeps {
  readonly gate: Gate;
  readonly limits: LimitCounts;
  readonly results: Results;
}

/** Who has to wait for longer than this makes room for others. */
const holdMs = secondMs;

export function createReady({ gate, limits, results }: ReadyDeps): Ready {
  const held = createHeld();
  let nextAt: Instant | null = null;
  let isWaiting = false;
  return {
    get size() {
      return held.size;
    },
    get nextAt() {
      return nextAt;
    },
    get isWaiting() {
      return isWaiting && held.size > 0;
    },
    isStale: (now) => held.isStale(now),
    push: (messages, at) => {
      isWaiting = false;
      held.push(messages, at);
    },
    lookAgain: () => {
      isWaiting = false;
      nextAt = null;
    },
    take: (now) => {
      // Other lanes ask often: thousands that wait are not looked at each time.
      if (isWaiting && nextAt !== null && now < nextAt) return undefined;
      for (let index = 0; index < held.size;) {
        const message = held.at(index);
        if (message === undefined) return undefined;
        const wait = gate.waitOf(message.address, now);
        if (wait !== null) limits.note(wait.by);
        if (wait !== null && wait.until <= now + holdMs) {
          nextAt = Math.min(nextAt ?? Infinity, wait.until);
          index += 1;
          continue;
        }
        held.remove(index);
        if (wait === null) return message;
        gate.released(1);
        results.add(toDeferred(message, now, gate.turnOf(message.address, now)));
      }
      isWaiting = true;
      return undefined;
    },
    putBack: (now) => {
      const all = held.takeAll();
      for (const message of all) results.add(toUnsent(message, now));
      gate.released(all.length);
    },
  };
}
