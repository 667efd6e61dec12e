/**
 * How long this process could really work: the time that passed, without what a busy machine gave to
 * others. All the time somebody looks at the store, which needs next to nothing; what a look takes
 * beyond that, and in which this process did not compute either, was withheld from it. What our own
 * code holds up is not: it computes meanwhile.
 */

interface Look {
  readonly from: number;
  readonly to: number;
  readonly withheldMs: number;
}

export interface WorkedTime {
  /** Milliseconds that it could work between two moments of `performance.now()`. */
  between(from: number, to: number): number;
  stop(): Promise<void>;
}

/** A look at an idle machine takes less than one. */
const neededMs = 5;

export function measureWorkedTime(look: () => Promise<unknown>): WorkedTime {
  const looks: Look[] = [];
  const stopping = new AbortController();
  const looking = (async () => {
    while (!stopping.signal.aborted) {
      const from = performance.now();
      const before = process.cpuUsage();
      await look();
      const { user, system } = process.cpuUsage(before);
      const to = performance.now();
      const workedMs = (user + system) / 1_000;
      looks.push({ from, to, withheldMs: Math.max(0, to - from - workedMs - neededMs) });
    }
  })();
  return {
    between: (from, to) => {
      const withheld = looks.reduce((sum, each) => sum + withheldWithin(each, from, to), 0);
      return to - from - withheld;
    },
    stop: async () => {
      stopping.abort();
      await looking;
    },
  };
}

/** Of a look that reaches beyond them, as much as can lie between these moments. */
function withheldWithin(look: Look, from: number, to: number): number {
  const overlap = Math.min(look.to, to) - Math.max(look.from, from);
  return Math.max(0, Math.min(look.withheldMs, overlap));
}
