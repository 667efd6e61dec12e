/**
 * Which failures say that the way itself is broken, so that a campaign is paused before
 * everybody's message fails on it. A block of wrong numbers says nothing about the way.
 */
import type { Reason } from "./reason.ts";

/** So many in a row, in the order in which calls end, pause a campaign. */
export const breakerLimit = 5;

const opening: ReadonlySet<Reason> = new Set<Reason>([
  "auth_failed",
  "account_suspended",
  "payment_required",
]);

const counting: ReadonlySet<Reason> = new Set<Reason>([
  "spam_filtered",
  "content_rejected",
  "template_invalid",
  "template_paused",
  "media_error",
  "too_long",
  "sender_invalid",
  "region_not_permitted",
  "provider_error",
  "provider_timeout",
  "network_error",
  "render_failed",
  "config_error",
]);

/** `opens`: one is enough. `counts`: towards the limit. `ignored`: about the recipient, or our own rule. */
export function breakerWeight(reason: Reason): "opens" | "counts" | "ignored" {
  if (opening.has(reason)) return "opens";
  return counting.has(reason) ? "counts" : "ignored";
}
