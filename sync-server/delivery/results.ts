/** Results that were not written yet, in the order in which calls ended. */
import type { Settlement } from "../store/delivery-store.ts";
import { continuesRun, timesOf } from "../store/settlement-runs.ts";

export interface Results {
  /** Whether there are none. */
  readonly isEmpty: boolean;
  add(settlement: Settlement): void;
  /** The first of them, of so many messages or a few more. */
  take(messages: number): readonly Settlement[];
  /** What was taken could not be written. */
  putBack(settlements: readonly Settlement[]): void;
}

interface Run {
  readonly settlement: Settlement;
  times: number;
}

export function createResults(): Results {
  const runs: Run[] = [];
  return {
    get isEmpty() {
      return runs.length === 0;
    },
    add: (settlement) => {
      const last = runs.at(-1);
      if (last !== undefined && continuesRun(last.settlement, last.times, settlement)) {
        last.times += 1;
      } else runs.push({ settlement, times: timesOf(settlement) });
    },
    take: (messages) => {
      let end = 0;
      for (let taken = 0; taken < messages && end < runs.length; end++) {
        taken += runs[end]?.times ?? 0;
      }
      return runs.splice(0, end).map(({ settlement, times }) => ({ ...settlement, times }));
    },
    putBack: (settlements) => {
      runs.unshift(
        ...settlements.map((settlement) => ({ settlement, times: timesOf(settlement) })),
      );
    },
  };
}
