/**
 * Where a campaign will stand once the server has answered what it waits for. On the device the
 * next act is judged from there, so that "cancel, then pause" is refused at once and not on a
 * card an hour later. On the server nothing waits, and this is where the campaign stands.
 */
import type { Campaign } from "./campaign.ts";
import { isRecurring, isLive } from "./live.ts";
import { isRunning, type Phase, type Position } from "./lifecycle.ts";

/** The position that the next act starts from. */
export function expected(known: Campaign): Position {
  const { waiting, phase, pausedFrom } = known;
  const live = isLive(known) ? { isLive: true } : {};
  switch (waiting) {
    case null:
    case "reject":
      return { phase, pausedFrom, ...live };
    case "approve":
      return approved(known);
    case "send":
    case "setLive":
      return { phase: "preparing", pausedFrom: null };
    case "schedule":
      return { phase: isRecurring(known) ? "active" : "scheduled", pausedFrom: null, ...live };
    case "pause":
      return { phase: "paused", pausedFrom: running(known), ...live };
    case "resume":
      return { phase: running(known), pausedFrom: null, ...live };
    case "end":
      return { phase: "settling", pausedFrom: null };
    case "retry":
      return { phase: "active", pausedFrom: null };
    case "cancel":
      return { phase: "canceled", pausedFrom: null };
  }
}

/** It was launched and is paused: its text may be edited. What repeats has no messages of its own. */
export function isStandingStill(known: Campaign): boolean {
  return expected(known).phase === "paused" && !isRecurring(known);
}

/**
 * It was launched and its text may be edited: it is paused, or goes on by itself to whoever enters.
 * Whom it goes to and which way is fixed.
 */
export function isAmendable(known: Campaign): boolean {
  return isStandingStill(known) || isEntered(known);
}

/** It is live and waits for people who enter one by one. */
function isEntered(known: Campaign): boolean {
  const { phase, isLive: goesOn = false } = expected(known);
  return phase === "active" && goesOn && !isRecurring(known);
}

/** What was asked for is launched. */
function approved(known: Campaign): Position {
  const { approval, phase, pausedFrom, proposed = null } = known;
  if (proposed !== null) return { phase, pausedFrom, ...(isLive(known) ? { isLive: true } : {}) };
  if (phase === "paused") return { phase, pausedFrom };
  const schedule = approval?.schedule ?? null;
  if (schedule === null) return { phase: "preparing", pausedFrom };
  return { phase: schedule.repeat === undefined ? "scheduled" : "active", pausedFrom };
}

/** The running phase that a pause interrupts or a resume returns to; a launch that still waits begins with preparing. */
function running(known: Campaign): Phase {
  const { phase, pausedFrom } = known;
  if (phase === "paused") return pausedFrom ?? "active";
  if (isRunning(phase)) return phase;
  return isLive(known) ? "active" : "preparing";
}
