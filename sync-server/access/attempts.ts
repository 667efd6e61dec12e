/**
 * Slows down who guesses passwords. Each name (an address, a person) has a bucket of tries that
 * fills again with time; a try costs one, and a success gives it back.
 */
export interface Attempts {
  /** Takes a try from each name; answers the seconds to wait when one of them has none left. */
  take(names: readonly string[]): number | null;
  /** The seconds to wait until a try of all these names would be taken; null: none. Takes nothing. */
  wait(names: readonly string[]): number | null;
  /** The try was good: it does not count. */
  forgive(names: readonly string[]): void;
}

interface Bucket {
  left: number;
  at: number;
}

/** More names than this at once is an attack on the memory: the oldest are forgotten. */
const maxNames = 10_000;

export function createAttempts({
  clock,
  tries,
  refillMs,
}: {
  readonly clock: () => number;
  /** How many in a row. */
  readonly tries: number;
  /** How long until one more. */
  readonly refillMs: number;
}): Attempts {
  const buckets = new Map<string, Bucket>();

  const bucketOf = (name: string): Bucket => {
    const now = clock();
    const known = buckets.get(name) ?? { left: tries, at: now };
    const left = Math.min(tries, known.left + (now - known.at) / refillMs);
    const bucket = { left, at: now };
    buckets.delete(name);
    buckets.set(name, bucket);
    const oldest = buckets.size > maxNames ? buckets.keys().next().value : undefined;
    if (oldest !== undefined) buckets.delete(oldest);
    return bucket;
  };

  const wait = (mine: readonly Bucket[]): number | null => {
    const least = Math.min(...mine.map(({ left }) => left));
    return least < 1 ? Math.ceil(((1 - least) * refillMs) / 1_000) : null;
  };

  return {
    take: (names) => {
      const mine = names.map(bucketOf);
      const seconds = wait(mine);
      if (seconds !== null) return seconds;
      for (const bucket of mine) bucket.left -= 1;
      return null;
    },
    wait: (names) => wait(names.map(bucketOf)),
    forgive: (names) => {
      for (const bucket of names.map(bucketOf)) bucket.left = Math.min(tries, bucket.left + 1);
    },
  };
}
