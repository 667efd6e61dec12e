/** Acts that were to stop something, and reached the server later than they were done. */
import { minuteMs, type Instant } from "#domain/core/time.ts";
import type { Act } from "#domain/sync/command.ts";
import type { Decision } from "#domain/sync/decision.ts";
import type { Command } from "#protocol/command.ts";
import type { Late } from "../store/sync-store.ts";
import { isTrusted, madeAt } from "./activity.ts";

/** What comes within it came at once. */
const atOnceMs = minuteMs;

/** Null: it stops nothing, was refused, came at once, or nobody knows when it was done. */
export function lateOf(act: Act, decision: Decision, at: Command["at"], now: Instant): Late | null {
  const since = Math.max(madeAt(at), 0);
  const isLate = isTrusted(at, now) && now - since > atOnceMs;
  if (!isLate || decision.outcome === "rejected") return null;
  switch (act.name) {
    case "campaign.pause":
    case "campaign.cancel":
    case "campaign.end":
      return { since, campaign: act.args.id };
    case "consent.out":
      return { since, signUp: act.args.id, channel: act.args.channel };
    default:
      return null;
  }
}
