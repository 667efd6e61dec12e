/** Whom an edit of a paused campaign still reaches. */
import type { Rollup } from "./rollup.ts";

export interface EditReach {
  /** Recipients who got the earlier text, or may have. */
  readonly earlier: number;
  /** Those who are still queued. */
  readonly later: number;
}

/** As the counters tell it. Who is tried again under the same key is counted as queued, and keeps the earlier text. */
export function editReach({ total, states, reasons }: Rollup): EditReach {
  const unwritten = reasons.find(({ reason }) => reason === "render_failed")?.n ?? 0;
  const earlier = total - states.queued - states.skipped - states.canceled - unwritten;
  return { earlier, later: states.queued };
}
