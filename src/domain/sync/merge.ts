/** Three-way merge of one field: what it was when editing began, what it is now, what it shall be. */
import type { Change } from "./command.ts";
import type { Lost } from "./decision.ts";

/**
 * The value that the field takes: a change always arrives. When somebody else changed the same
 * field meanwhile to something else, theirs is noted in `lost`, so that it can be brought back.
 */
export function mergeField<T>(
  field: string,
  current: T,
  change: Change<T> | undefined,
  lost: Lost[],
): T {
  if (change === undefined) return current;
  const now = text(current);
  const mine = text(change.set);
  if (now !== text(change.was) && now !== mine) lost.push({ field, theirs: now, mine });
  return change.set;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
