/**
 * How a campaign went, beside where it stands in its life (AMB-08): the lifecycle says what the
 * system still does, the outcome says what became of the messages. A screen shows both.
 */
import { isRunning, type Phase } from "../campaign/lifecycle.ts";
import type { Headline } from "./headline.ts";

/**
 * `none`: never launched. `transit`: messages or receipts are still on their way. `sent`: every
 * message that was tried was accepted. `partial`: some were, some failed. `failed`: not one was
 * sent. `empty`: nobody was in the audience. `stopped`: canceled before anything went out.
 */
export const outcomes = [
  "none",
  "transit",
  "sent",
  "partial",
  "failed",
  "empty",
  "stopped",
] as const;

export type Outcome = (typeof outcomes)[number];

/** The outcome of a campaign; without counters it is known only by its phase. */
export function outcomeOf(phase: Phase, counters: Headline | null): Outcome {
  if (isRunning(phase)) return "transit";
  if (phase === "completed") return counters === null ? "none" : settled(counters);
  if (phase !== "canceled") return "none";
  return counters === null || counters.sent === 0 ? "stopped" : "partial";
}

/** Failures decide, as in seed 003: none is Sent, nothing but failures is Failed (I-3). */
function settled({ total, sent, failed }: Headline): Outcome {
  if (total === 0) return "empty";
  if (sent === 0) return "failed";
  return failed === 0 ? "sent" : "partial";
}
