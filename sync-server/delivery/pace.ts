/** How many messages a second were handed over during the last ten seconds. */
import { secondMs, type Instant } from "#domain/core/time.ts";

const spanMs = 10 * secondMs;

export interface Pace {
  note(at: Instant): void;
  /** Where sending began less than `leastMs` ago, it counts as so long: a moment says little. */
  rate(now: Instant, leastMs?: number): number;
}

export function createPace(): Pace {
  const bySecond = new Map<number, number>();
  let first: Instant | null = null;
  return {
    note: (at) => {
      first ??= at;
      const second = Math.floor(at / secondMs);
      bySecond.set(second, (bySecond.get(second) ?? 0) + 1);
    },
    rate: (now, leastMs = secondMs) => {
      let sum = 0;
      for (const [second, n] of bySecond) {
        if (second * secondMs < now - spanMs) bySecond.delete(second);
        else sum += n;
      }
      if (sum === 0 || first === null) return 0;
      const span = Math.max(leastMs, Math.min(spanMs, now - first));
      return Math.round((sum * secondMs * 10) / span) / 10;
    },
  };
}
