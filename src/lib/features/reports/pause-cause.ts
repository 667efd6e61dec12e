/** What stopped a campaign, in the words of whoever refused: the engine tells it in the activity. */
import type { ActivityRow } from "#lib/state/activity.svelte.ts";

type Told = Pick<ActivityRow, "event" | "detail">;

/** Of the newest pause by the system; null when nothing more is known. Entries come newest first. */
export function pauseCause(entries: readonly Told[]): string | null {
  const cause = entries.find(({ event }) => event === "engine.paused")?.detail["detail"];
  return typeof cause === "string" && cause.trim() !== "" ? cause.trim() : null;
}
