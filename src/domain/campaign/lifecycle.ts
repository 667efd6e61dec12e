/**
 * The life of a campaign: one machine, as a table, the same on every side.
 *
 *   draft <-> pending <-> scheduled
 *               |            |
 *               +-> preparing <-> paused
 *                      |            ^
 *                    active <-------+
 *                      |
 *                   settling -> completed
 *   (paused, its text may be edited: what is still queued takes the new one)
 *   (settling goes back to active when a message that had failed is sent again by itself;
 *   settling and completed, when a person sends again what failed, which is possible in active, too)
 *   (canceled is reached from every phase but completed and canceled)
 *
 * What is automatic (it repeats) goes live instead: pending or scheduled lead to `active`, where it
 * stays, may be edited and paused, until it is ended. Its messages are those of its runs.
 *
 * `pending` is a draft whose content, audience and account are complete: it waits for a date.
 */
export const phases = [
  "draft",
  "pending",
  "scheduled",
  "preparing",
  "active",
  "paused",
  "settling",
  "completed",
  "canceled",
] as const;

export type Phase = (typeof phases)[number];

/** Why a campaign stands still. `user` is a person's act; the rest are the system's. */
export const pauseReasons = [
  "user",
  "breaker",
  "failure_ratio",
  "provider_auth",
  "quota",
  "disk",
  "restore",
  "clock",
  "codes",
  "not_ready",
] as const;

export type PauseReason = (typeof pauseReasons)[number];

export const lifecycleEvents = [
  "save",
  "schedule",
  "unschedule",
  "send",
  "due",
  "live",
  "prepared",
  "pause",
  "resume",
  "submitted",
  "resend",
  "retry",
  "settled",
  "end",
  "cancel",
  "delete",
] as const;

export type LifecycleEvent = (typeof lifecycleEvents)[number];

/**
 * Where an event leads. `planned` means draft or pending, by whether the campaign is complete;
 * `back` means the phase that a pause interrupted; `gone` means removed from every list.
 */
type Target = Phase | "planned" | "back" | "gone";

const table = {
  draft: { save: "planned", cancel: "canceled", delete: "gone" },
  pending: {
    save: "planned",
    schedule: "scheduled",
    send: "preparing",
    live: "active",
    cancel: "canceled",
    delete: "gone",
  },
  scheduled: {
    save: "scheduled",
    schedule: "scheduled",
    unschedule: "planned",
    send: "preparing",
    due: "preparing",
    live: "active",
    cancel: "canceled",
    delete: "gone",
  },
  preparing: { prepared: "active", pause: "paused", cancel: "canceled" },
  active: { pause: "paused", submitted: "settling", retry: "active", cancel: "canceled" },
  paused: { save: "paused", resume: "back", cancel: "canceled" },
  settling: { resend: "active", retry: "active", settled: "completed", cancel: "canceled" },
  completed: { retry: "active", delete: "gone" },
  canceled: { delete: "gone" },
} as const satisfies Record<Phase, Partial<Record<LifecycleEvent, Target>>>;

/** What differs for a campaign that is automatic, until it is ended. */
const liveTable = {
  active: { save: "active", live: "active", pause: "paused", end: "settling", cancel: "canceled" },
  paused: { save: "paused", resume: "back", end: "settling", cancel: "canceled" },
} as const satisfies Partial<Record<Phase, Partial<Record<LifecycleEvent, Target>>>>;

export interface Position {
  readonly phase: Phase;
  /** It goes out by itself, and was not ended. */
  readonly isLive?: boolean;
  /** The phase that a pause interrupted; null unless paused. */
  readonly pausedFrom: Phase | null;
}

/** Where the event leads from here, or null where it is not allowed. `complete`: nothing is missing for a launch. */
export function next(
  from: Position,
  event: LifecycleEvent,
  complete: boolean,
): Phase | "gone" | null {
  const row: Partial<Record<LifecycleEvent, Target>> = rowOf(from);
  const target = row[event];
  if (target === undefined) return null;
  if (target === "planned") return complete ? "pending" : "draft";
  if (target === "back") return from.pausedFrom ?? "active";
  return target;
}

function rowOf({ phase, isLive = false }: Position): Partial<Record<LifecycleEvent, Target>> {
  return isLive && (phase === "active" || phase === "paused") ? liveTable[phase] : table[phase];
}

export function isAllowed(phase: Phase, event: LifecycleEvent): boolean {
  return event in table[phase];
}

/** Whether a person may still change what will be sent. */
export function isEditable(phase: Phase): boolean {
  return phase === "draft" || phase === "pending" || phase === "scheduled";
}

/** Whether messages may be going out, or may go out again without a new launch. */
export function isRunning(phase: Phase): boolean {
  return phase === "preparing" || phase === "active" || phase === "paused" || phase === "settling";
}
