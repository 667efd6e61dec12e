/** A share with how sure one can be of it. */
export interface Share {
  readonly k: number;
  readonly n: number;
  /** k / n; 0 where n is 0. */
  readonly rate: number;
  /** Between these two it lies in 95 of 100 cases (Wilson 1927): of few it says little, and never leaves 0 to 1. */
  readonly low: number;
  readonly high: number;
}

/** The 97.5th percentile of the normal distribution. */
const z = 1.959_964;

/** k beyond n counts as n. */
export function shareOf(k: number, n: number): Share {
  if (n <= 0) return { k: 0, n: 0, rate: 0, low: 0, high: 1 };
  const known = Math.min(k, n);
  const rate = known / n;
  const middle = (rate + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((rate * (1 - rate)) / n + (z * z) / (4 * n * n));
  return {
    k: known,
    n,
    rate,
    // At the ends the interval touches 0 and 1, also where halves of a digit are lost.
    low: known === 0 ? 0 : Math.max(0, middle - half),
    high: known === n ? 1 : Math.min(1, middle + half),
  };
}
