/** Which ways forward make sense for a refusal. */
import type { Refusal, RefusalType } from "#domain/sync/refusal.ts";

const repeatable: ReadonlySet<RefusalType> = new Set<RefusalType>([
  "changed_since_review",
  "illegal_move",
  "in_use",
  "forbidden",
  "parent",
]);

/** Whether doing the same once more can succeed: what was in the way may be gone by now. */
export function mayRepeat({ type, detail }: Pick<Refusal, "type" | "detail">): boolean {
  // What was canceled stays canceled.
  if (type === "illegal_move" && detail["phase"] === "canceled") return false;
  return repeatable.has(type);
}
