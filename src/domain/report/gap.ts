/**
 * "Explain the gap": why what arrived is less than everybody. Each row is a count with the state
 * and the reason behind it, and the rows add up to exactly total − delivered.
 */
import type { Reason } from "../message/reason.ts";
import { kindOf, messageStates, type MessageState } from "../message/state.ts";
import type { Rollup } from "./rollup.ts";

export interface GapRow {
  readonly state: MessageState;
  /** `none` where the state says it all: nobody told a reason, or nothing happened yet. */
  readonly reason: Reason;
  readonly n: number;
}

/** Every message that has not arrived, largest count first. */
export function gapRows({ states, reasons }: Pick<Rollup, "states" | "reasons">): GapRow[] {
  const rows: GapRow[] = [];
  for (const state of messageStates) {
    if (kindOf[state] === "positive") continue;
    let rest = states[state];
    for (const row of reasons) {
      // Counters and reasons may be a frame apart: never explain more than there is.
      const n = row.state === state ? Math.min(rest, row.n) : 0;
      if (n > 0) rows.push({ state, reason: row.reason, n });
      rest -= n;
    }
    if (rest > 0) rows.push({ state, reason: "none", n: rest });
  }
  return rows.toSorted((a, b) => b.n - a.n);
}
