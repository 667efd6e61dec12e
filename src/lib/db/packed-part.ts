/**
 * A part of a report block as it is kept and handed about: texts of a column joined into one, so
 * that 5,000 recipients are a few values and not 10,000.
 */
import type { Instant } from "#domain/core/time.ts";

export interface PackedStatic {
  readonly part: "static";
  /** The place of the first row, from 1. */
  readonly first: number;
  readonly rows: number;
  /** Joined by `between`. */
  readonly address: string;
  readonly name: string;
}

export interface PackedDynamic {
  readonly part: "dynamic";
  readonly first: number;
  readonly state: readonly number[];
  readonly at: readonly Instant[];
  readonly reason: readonly number[];
  readonly attempts: readonly number[];
  readonly segments: readonly number[];
  /** Pairs of the provider's code and words, and for each row which, from 1; 0: none. */
  readonly said?: {
    readonly texts: readonly (readonly [code: string, words: string])[];
    readonly of: readonly number[];
  };
  /** Carriers, and for each row which, from 1; 0: not known. */
  readonly carriers?: { readonly names: readonly string[]; readonly of: readonly number[] };
  /** Which of its campaign's texts each carries; 0: none that is known. Left out: the first. */
  readonly editions?: readonly number[];
  /** Rows, from 0, that go by the channel that the campaign falls back to. */
  readonly fallen?: readonly number[];
}

export type PackedPart = PackedStatic | PackedDynamic;

/** Stands between the texts of a column; in a text itself it is left out. */
export const between = "\0";

export function packStatic(columns: {
  readonly first: number;
  readonly address: readonly string[];
  readonly name: readonly string[];
}): PackedStatic {
  const { first, address, name } = columns;
  return { part: "static", first, rows: name.length, address: join(address), name: join(name) };
}

function join(texts: readonly string[]): string {
  const joined = texts.join(between);
  const extra = texts.some((text) => text.includes(between));
  return extra ? texts.map((text) => text.replaceAll(between, "")).join(between) : joined;
}
