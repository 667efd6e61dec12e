/**
 * What a provider charges for: each generation of a message that it took, once, whatever became
 * of it. A doubt that was given up counts as taken; sent again under its key it is the same send,
 * so it is not charged twice. Proof that an earlier generation arrived charges nothing for the
 * next one, which never went out.
 */
import { isAccepted } from "../report/series.ts";
import type { MessageState } from "./state.ts";

/** Bit 64 of a message's marks: charged although its state does not tell, or not although it does. */
const unlikeItsState = 64;

/** How a message stands, as far as charges go. */
export interface Charged {
  readonly state: MessageState;
  readonly gen: number;
  readonly try: number;
  readonly marks: number;
}

/** Whether its present generation is charged for. */
export function isCharged({ state, marks }: Pick<Charged, "state" | "marks">): boolean {
  return isAccepted(state) !== (marks & unlikeItsState) > 0;
}

/** The marks that `to` has, coming from `from`: they remember what its state does not tell. */
export function marksCharged(from: Charged, to: Charged): number {
  const charged = becomesCharged(from, to);
  const bare = to.marks & ~unlikeItsState;
  return charged === isAccepted(to.state) ? bare : bare | unlikeItsState;
}

function becomesCharged(from: Charged, to: Charged): boolean {
  if (to.gen !== from.gen) return false;
  if (isCharged(from)) return true;
  const neverWentOut = from.gen > 1 && from.try === 0 && from.state !== "sending";
  return isAccepted(to.state) && !neverWentOut;
}
