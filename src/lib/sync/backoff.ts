/** How long to wait before the next try: full jitter, so that a thousand tablets do not come back at once. */
export interface Backoff {
  /** The next wait in ms; each is drawn from a range twice as long. */
  next(): number;
  reset(): void;
}

export interface BackoffLimits {
  readonly firstMs: number;
  readonly maxMs: number;
}

export function createBackoff({ firstMs, maxMs }: BackoffLimits, random: () => number): Backoff {
  let failures = 0;
  return {
    next() {
      const range = Math.min(maxMs, firstMs * 2 ** failures);
      failures = Math.min(failures + 1, 30);
      return Math.round(random() * range);
    },
    reset() {
      failures = 0;
    },
  };
}
