/** What is said of a campaign whose planned time passed before anything could go out. */
import type { Campaign } from "#domain/campaign/campaign.ts";
import { formatDateTime } from "./format.ts";

/** null when none of its times was missed. */
export function heldText({ held }: Pick<Campaign, "held">): string | null {
  if (held === undefined || held === null) return null;
  const when = formatDateTime(held.plannedFor, held.zone);
  if (held.why === "restore") {
    return `The server was restored from a back-up. This was planned for ${when}: make sure that it did not go out already, then send it or choose another time.`;
  }
  return `Not sent: ${when} passed while the server was down. Send it now, or choose another time.`;
}
