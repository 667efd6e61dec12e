/**
 * How generated codes look, and how long they must be. Each `#` of a pattern is drawn by chance
 * from the alphabet; everything else stands in every code.
 *
 * A code is money: whoever guesses one takes it from somebody. The length is chosen so that all
 * guesses that a pool lets through in a day hit one of its codes with less than one chance in a
 * million (delivery.md 2.8).
 */
import { isCode } from "../campaign/trigger.ts";
import { err, ok, type Result } from "../core/result.ts";
import { dayMs } from "../core/time.ts";

export interface CodePattern {
  /** `SUMMER-########`. */
  readonly pattern: string;
  readonly alphabet: string;
}

/** Without 0, O, 1 and I, which people mix up when they read a code aloud. */
export const defaultAlphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/** Wrong codes that one pool takes in a row, and how long it takes until one more. */
export const poolGuesses = { tries: 100, refillMs: 30_000 } as const;

/** The same of one caller. */
export const callerGuesses = { tries: 20, refillMs: 60_000 } as const;

export const guessesPerDay = poolGuesses.tries + dayMs / poolGuesses.refillMs;

/** The chance that a day of guessing hits a code must stay below this. */
const maxChance = 1e-6;

/** A code has at most this many characters. */
const maxLength = 64;

const place = "#";

/** How many places of a pattern are drawn. */
export function drawnPlaces(pattern: string): number {
  return pattern.split(place).length - 1;
}

/** The fewest drawn places that keep `issued` codes of the alphabet safe from guessing. */
export function safePlaces(alphabet: string, issued: number): number {
  const space = (guessesPerDay * issued) / maxChance;
  let places = 1;
  while (alphabet.length ** places <= space) places += 1;
  return places;
}

/** What is wrong with a wish for codes: the field, and why in words. */
export interface PatternProblem {
  readonly field: "pattern" | "alphabet" | "length";
  readonly words: string;
}

export interface PatternWish {
  readonly pattern?: string | undefined;
  /** Drawn places where no pattern is given. */
  readonly length?: number | undefined;
  readonly alphabet?: string | undefined;
}

/** The pattern for so many codes in all; one that is too easy to guess is refused. */
export function patternFor(wish: PatternWish, issued: number): Result<CodePattern, PatternProblem> {
  const alphabet = wish.alphabet ?? defaultAlphabet;
  if (!/^[A-Za-z0-9]{2,62}$/.test(alphabet) || hasTwice(alphabet)) {
    const words = "must be letters A to Z and digits, each once whatever its case, at least 2";
    return err({ field: "alphabet", words });
  }
  const needed = safePlaces(alphabet, issued);
  const pattern = wish.pattern ?? place.repeat(wish.length ?? needed);
  const field = wish.pattern === undefined ? "length" : "pattern";
  if (pattern.length > maxLength) {
    return err({ field, words: `must come to at most ${maxLength} characters` });
  }
  const sample = pattern.replaceAll(place, alphabet.slice(0, 1));
  if (!isCode(sample)) {
    const words = "must be letters, digits, _ . - and #, which stands for a drawn character";
    return err({ field, words });
  }
  const drawn = drawnPlaces(pattern);
  if (drawn >= needed) return ok({ pattern, alphabet });
  const words = `leaves ${drawn} characters to chance: with ${alphabet.length} different ones and ${issued} codes it takes ${needed}, so that nobody guesses one`;
  return err({ field, words });
}

function hasTwice(alphabet: string): boolean {
  return new Set(alphabet.toUpperCase()).size < alphabet.length;
}

/** Random bytes: as many as are asked for. */
export type RandomBytes = (n: number) => Uint8Array;

/** Makes codes of a pattern, each place drawn evenly: bytes that would favour some letters are thrown away. */
export function createDraw({ pattern, alphabet }: CodePattern, random: RandomBytes): () => string {
  const bound = 256 - (256 % alphabet.length);
  let bytes = new Uint8Array();
  let next = 0;
  const draw = (): string => {
    for (;;) {
      if (next >= bytes.length) {
        bytes = Uint8Array.from(random(4_096));
        next = 0;
      }
      const byte = bytes[next] ?? bound;
      next += 1;
      if (byte < bound) return alphabet[byte % alphabet.length] ?? "";
    }
  };
  return () => pattern.replaceAll(place, draw);
}
