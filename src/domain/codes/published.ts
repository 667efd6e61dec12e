/**
 * A code is published when its message came into the hands of a provider, or when somebody
 * redeemed it, whichever is first (S0-D3). What is published stays so, whatever becomes of the
 * message: the customer may have it.
 */
import { isAccepted } from "../report/series.ts";
import type { MessageState } from "../message/state.ts";

/** Bit 256 of a message's marks. Never renumber. */
const publishedBit = 256;

export function isPublished(marks: number): boolean {
  return (marks & publishedBit) > 0;
}

export function withPublished(marks: number): number {
  return marks | publishedBit;
}

/** The marks of a message that carries a code, once it is in this state. */
export function marksPublished(marks: number, state: MessageState): number {
  return isAccepted(state) ? withPublished(marks) : marks;
}
