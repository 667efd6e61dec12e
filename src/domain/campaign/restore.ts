import type { Instant } from "../core/time.ts";
import { isComplete, type Campaign } from "./campaign.ts";

/**
 * A deleted campaign as it comes back: as it was, but never with a date. Its time may have passed
 * meanwhile, and nobody shall be written to because somebody brought a campaign back.
 */
export function restored(deleted: Campaign, now: Instant): Campaign {
  // The deletion was a revision of its own.
  const back = { ...deleted, rev: deleted.rev + 2, updatedAt: now, waiting: null };
  if (deleted.phase !== "scheduled") return back;
  return { ...back, schedule: null, phase: isComplete(deleted) ? "pending" : "draft" };
}
