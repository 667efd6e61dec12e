import type { Instant } from "#domain/core/time.ts";

/** The first of two moments; null means never. */
export function earlier(a: Instant | null, b: Instant | null): Instant | null {
  if (a === null) return b;
  return b === null ? a : Math.min(a, b);
}
