/**
 * The same work for everybody who streams: campaigns of one workspace whose counters change
 * thousands of times a second, written to the store four times a second, one commit for all.
 */
import type { Rollup } from "#domain/report/rollup.ts";
import { messageStates, noCounts, type StateCounts } from "#domain/message/state.ts";
import type { Store } from "../../../../sync-server/store/store.ts";

export interface Changes {
  readonly store: Store;
  readonly workspace: string;
  readonly campaigns: number;
  readonly perSecond: number;
  /** What was just written. */
  readonly onFlush?: (rollups: readonly Rollup[]) => void;
}

const flushMs = 250;
const tickMs = 25;

/** Changes counters until it is told to stop; stopping answers how many changes there were. */
export function startChanges({ store, workspace, campaigns, perSecond, onFlush }: Changes) {
  const counters = Array.from({ length: campaigns }, (_, index) => emptyRollup(index));
  let made = 0;
  const change = setInterval(() => {
    const at = Date.now();
    for (let n = 0; n < (perSecond * tickMs) / 1_000; n++) {
      const counter = counters[made % campaigns];
      const state = messageStates[made % messageStates.length];
      made += 1;
      if (counter === undefined || state === undefined) continue;
      counter.states[state] += 1;
      counter.at = at;
    }
  }, tickMs);
  const write = async (): Promise<void> => {
    const rollups = counters.map((counter) => structuredClone(counter));
    await store.sync.commitWrites({
      workspace,
      expect: [],
      writes: rollups.map((doc) => ({ kind: "rollup", id: doc.id, doc })),
      activity: null,
      now: Date.now(),
    });
    onFlush?.(rollups);
  };
  const flush = setInterval(() => void write(), flushMs);
  return {
    made: (): number => made,
    stop: (): number => {
      clearInterval(change);
      clearInterval(flush);
      return made;
    },
  };
}

type Mutable = Omit<Rollup, "at" | "states"> & {
  at: number;
  states: { -readonly [S in keyof StateCounts]: number };
};

function emptyRollup(index: number): Mutable {
  return {
    id: `01890000-0000-7000-8000-${index.toString(16).padStart(12, "0")}`,
    total: 1_000_000,
    states: { ...noCounts },
    segments: { ...noCounts },
    reasons: [{ state: "failed", reason: "invalid_address", n: 12 }],
    spanMs: 60_000,
    series: Array.from({ length: 10 }, (_, minute) => ({
      at: minute * 60_000,
      entered: { sent: 100, delivered: 90 },
    })),
    rate: 500,
    at: 0,
  };
}
