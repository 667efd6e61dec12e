/** Which ways forward make sense for a refusal. */
import type { RefusalType } from "#domain/sync/refusal.ts";

const repeatable: ReadonlySet<RefusalType> = new Set<RefusalType>([
  "changed_since_review",
  "illegal_move",
  "in_use",
  "forbidden",
  "parent",
]);

/** Whether doing the same once more can succeed: what was in the way may be gone by now. */
export function mayRepeat(type: RefusalType): boolean {
  return repeatable.has(type);
}
