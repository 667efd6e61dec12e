/** Counts by state, added up as a system names them. */
import { messageStates, type MessageState, type StateCounts } from "../message/state.ts";

/** The states summed by the word that a system has for each. */
export function sumsBy<K extends string>(
  states: StateCounts,
  kinds: Readonly<Record<MessageState, K>>,
): Partial<Record<K, number>> {
  const sums: Partial<Record<K, number>> = {};
  for (const state of messageStates) {
    const kind = kinds[state];
    sums[kind] = (sums[kind] ?? 0) + states[state];
  }
  return sums;
}
