/** A text that waits for somebody's yes, while the campaign goes on with the one it has. */
import type { Campaign } from "./campaign.ts";
import { isLive } from "./live.ts";

/** Whether another text waits for a yes, or got a no, while it goes on with the one it has. */
export function hasProposed(known: Campaign): boolean {
  const isGoing = isLive(known) && (known.phase === "active" || known.phase === "paused");
  return isGoing && (known.proposed ?? null) !== null;
}

/** As it will be once somebody said yes to the text that waits; itself where none does. */
export function withProposed(known: Campaign): Campaign {
  const { proposed = null } = known;
  return proposed === null || !hasProposed(known) ? known : { ...known, content: proposed };
}

/** One request at a time: what was proposed before is over. */
export function withoutProposed(known: Campaign): Campaign {
  return (known.proposed ?? null) === null ? known : { ...known, proposed: null };
}
