/** Which of its campaign's texts a message carries. */
import type { MessageState } from "./state.ts";

interface Sent {
  readonly state: MessageState;
  readonly attempts: number;
  /** As it was noted when it went out; 0: nobody noted it. */
  readonly edition: number;
}

/** null: nothing went out, it may still go out with another, or nobody noted which. */
export function editionOf({ state, attempts, edition }: Sent): number | null {
  if (state === "queued" || state === "sending" || state === "skipped") return null;
  const mayBeUnsent = state === "canceled" || state === "failed";
  return edition === 0 || (mayBeUnsent && attempts === 0) ? null : edition;
}
