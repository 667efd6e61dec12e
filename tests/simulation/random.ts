// Chance that can be repeated: everything of a run follows from its seed.
import type { Id } from "#domain/core/id.ts";

export interface Random {
  /** At least 0, below 1. */
  next(): number;
  /** A whole number below `n`. */
  below(n: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly [T, ...T[]]): T;
  /** Null when there is nothing to choose from. */
  pickOr<T>(items: readonly T[]): T | null;
  /** A valid UUIDv7 that no other call makes. */
  id(): Id;
}

// mulberry32: small, fast, and good enough to choose steps.
export function createRandom(seed: number): Random {
  let state = Math.imul(seed + 1, 0x9e3779b1) >>> 0;
  let made = 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (n: number): number => Math.floor(next() * n);
  return {
    next,
    below,
    chance: (probability) => next() < probability,
    pick: (items) => items[below(items.length)] ?? items[0],
    pickOr: (items) => items[below(items.length)] ?? null,
    id: () => {
      made += 1;
      const tail = `${hex(4, below(0x1_0000))}${hex(8, made)}`;
      return `${hex(8, seed % 2 ** 32)}-0000-7000-8000-${tail}`;
    },
  };
}

function hex(digits: number, value: number): string {
  return value.toString(16).padStart(digits, "0");
}
