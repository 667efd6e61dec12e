/**
 * Pages of a list that is short enough to be read whole. A cursor is the place of the last entry
 * that was answered: the list may lose that very entry, and the next page still follows on.
 */
import type { ListQuery } from "#protocol/rest/page.ts";
import { HttpProblem } from "./problem.ts";

/** What a list is sorted by, the most telling part first; a number below zero for the latest first. */
export type Place = readonly (string | number)[];

export interface Page<T> {
  readonly items: T[];
  /** For `?cursor=`; null at the end. */
  readonly next: string | null;
}

/** The entries behind the cursor, sorted by their places, as many as were asked for. */
export function pageOf<T>(
  list: readonly T[],
  { limit = Number.POSITIVE_INFINITY, cursor }: ListQuery,
  placeOf: (entry: T) => Place,
): Page<T> {
  const sorted = list.toSorted((a, b) => compare(placeOf(a), placeOf(b)));
  const after = cursor === undefined ? null : readPlace(cursor, sorted[0], placeOf);
  const wanted =
    after === null ? sorted : sorted.filter((entry) => compare(placeOf(entry), after) > 0);
  const items = wanted.slice(0, limit);
  const last = wanted.length > limit ? items.at(-1) : undefined;
  return { items, next: last === undefined ? null : writePlace(placeOf(last)) };
}

function compare(a: Place, b: Place): number {
  for (const [i, left] of a.entries()) {
    const right = b[i];
    const order =
      typeof left === "number" ? left - Number(right) : left.localeCompare(String(right));
    if (order !== 0) return order;
  }
  return 0;
}

function writePlace(place: Place): string {
  return Buffer.from(JSON.stringify(place)).toString("base64url");
}

/** A cursor is a place of the same kind as the list's own; an empty list takes any place. */
function readPlace<T>(cursor: string, some: T | undefined, placeOf: (entry: T) => Place): Place {
  const place = parsePlace(cursor);
  const like = some === undefined ? place : placeOf(some);
  const fits =
    place !== null &&
    like !== null &&
    place.length === like.length &&
    place.every((part, i) => typeof part === typeof like[i]);
  if (fits) return place;
  throw new HttpProblem("invalid", "cursor must be the `next` of a page.", "cursor");
}

function parsePlace(cursor: string): Place | null {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, "base64url").toString());
  } catch {
    return null;
  }
  return Array.isArray(parts) && parts.every(isPart) ? parts : null;
}

function isPart(part: unknown): part is string | number {
  return typeof part === "string" || typeof part === "number";
}
