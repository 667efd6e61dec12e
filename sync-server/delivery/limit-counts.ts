/** What kept a campaign from going faster: whatever did so most often since it was last asked. */
import type { LimitedBy } from "#domain/report/rollup.ts";

export interface LimitCounts {
  note(by: LimitedBy | null): void;
  /** The most frequent one; null: nothing did. Begins anew. */
  take(): LimitedBy | null;
}

export function createLimitCounts(): LimitCounts {
  const times = new Map<LimitedBy | null, number>();
  return {
    note: (by) => {
      times.set(by, (times.get(by) ?? 0) + 1);
    },
    take: () => {
      const [most] = [...times].toSorted(([, a], [, b]) => b - a);
      times.clear();
      return most?.[0] ?? null;
    },
  };
}
