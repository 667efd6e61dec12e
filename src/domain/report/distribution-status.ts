/** Where a distribution stands, as seed 000 calls it. */
import type { Campaign } from "../campaign/campaign.ts";

/** The three words of the list of distributions, or where it is before them. */
export function distributionStatus({ phase }: Pick<Campaign, "phase">): {
  readonly word: string;
  readonly meaning: string;
} {
  if (phase === "paused")
    return { word: "Paused", meaning: "No messages are sent until it goes on." };
  if (phase === "draft" || phase === "pending") {
    return { word: "Draft", meaning: "It was neither sent nor set live." };
  }
  if (phase === "scheduled")
    return { word: "Scheduled", meaning: "It is sent at the planned time." };
  if (phase === "canceled") return { word: "Canceled", meaning: "It was stopped for good." };
  if (phase === "completed" || phase === "settling") {
    return { word: "Sent", meaning: "Every message was handed over." };
  }
  return { word: "Set live", meaning: "Messages go out as they come due." };
}
