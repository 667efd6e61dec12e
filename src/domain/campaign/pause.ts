/** How long a pause by the system may last before its campaign is canceled. */
import { hourMs, type Instant } from "../core/time.ts";
import type { Campaign } from "./campaign.ts";
import type { PauseReason } from "./lifecycle.ts";

export const pauseEndsMs = 72 * hourMs;

/** A full disk ends by itself, and a restored server waits for its people as long as it takes. */
const endless: ReadonlySet<PauseReason> = new Set<PauseReason>(["user", "disk", "restore"]);

type Paused = Pick<Campaign, "phase" | "pauseReason" | "pausedAt" | "updatedAt">;

/** When the campaign is canceled unless it is resumed; null: never. */
export function pauseEndsAt({ phase, pauseReason, pausedAt, updatedAt }: Paused): Instant | null {
  if (phase !== "paused" || pauseReason === null || endless.has(pauseReason)) return null;
  return (pausedAt ?? updatedAt) + pauseEndsMs;
}
