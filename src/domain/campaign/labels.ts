/**
 * What a messaging campaign is called on its card (seed 002): four states and a badge, derived
 * from the phase and never stored. Beware that "Pending" here means "no delivery date set".
 */
import type { Phase } from "./lifecycle.ts";

export const messagingStatuses = ["pending", "scheduled", "in-progress", "completed"] as const;

export type MessagingStatus = (typeof messagingStatuses)[number];

/** What the four states cannot say; null when they say it all. */
export type MessagingBadge = "draft" | "live" | "paused" | "canceled";

export interface MessagingLabel {
  readonly status: MessagingStatus;
  readonly badge: MessagingBadge | null;
}

const table = {
  draft: { status: "pending", badge: "draft" },
  pending: { status: "pending", badge: null },
  scheduled: { status: "scheduled", badge: null },
  preparing: { status: "in-progress", badge: null },
  active: { status: "in-progress", badge: null },
  paused: { status: "in-progress", badge: "paused" },
  settling: { status: "completed", badge: null },
  completed: { status: "completed", badge: null },
  canceled: { status: "completed", badge: "canceled" },
} as const satisfies Record<Phase, MessagingLabel>;

/** The status and badge of a campaign in this phase; what is automatic stays live between its runs (S0-D1). */
export function messagingLabel(phase: Phase, live = false): MessagingLabel {
  return live && phase === "active" ? { status: "in-progress", badge: "live" } : table[phase];
}

/** A card offers exactly one step: the report once everything was submitted, its details before. */
export function cardAction(phase: Phase): "report" | "details" {
  return table[phase].status === "completed" ? "report" : "details";
}

/** The words on a card and in the filter, exactly as seed 002 has them. */
export const messagingStatusLabels = {
  pending: "Pending",
  scheduled: "Scheduled",
  "in-progress": "In Progress",
  completed: "Completed",
} as const satisfies Record<MessagingStatus, string>;
