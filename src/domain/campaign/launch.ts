/**
 * The acts that set a campaign going or stop it. They are never optimistic: on the device they
 * only note that they wait, so that no screen says "Sending" of what the server has not begun.
 */
import type { CommandArgs, Review } from "../sync/command.ts";
import {
  accepted,
  rejected,
  type DecideContext,
  type Decision,
  type Rejected,
  type View,
} from "../sync/decision.ts";
import { sendingRules, type AccessSettings } from "../access/permission.ts";
import { err, ok, type Result } from "../core/result.ts";
import { minuteMs, type Instant } from "../core/time.ts";
import { maxInterval, maxTimes, type Repeat } from "../schedule/repeat.ts";
import { firstInstantOf, instantOf, isZone } from "../schedule/wall-time.ts";
import { checkFallback, checkFallbackAccount } from "./edit-fallback.ts";
import { asked, awaitsYes, mustAsk, needsApproval } from "./approval.ts";
import { withoutProposed } from "./proposed.ts";
import { contentHash, isComplete, missingParts, type Campaign, type Schedule } from "./campaign.ts";
import { expected } from "./expected.ts";
import { ended, goesOn, set } from "./firing.ts";
import { isRunning, next, type LifecycleEvent } from "./lifecycle.ts";
import { isLive } from "./live.ts";
import { wrongPartOfTrigger } from "./trigger.ts";

/** A person sends now what they reviewed; where the workspace says so, it can be taken back for a while. */
export function send(
  view: View,
  known: Campaign,
  { review, atOnce = false }: Pick<CommandArgs["campaign.send"], "review" | "atOnce">,
  context: DecideContext,
): Decision {
  const refused = checkEnd(known, context.now) ?? checkLaunch(view, known, "send", review);
  if (refused !== null) return refused;
  if (!context.authority) return accepted([written({ ...known, waiting: "send" }, context)]);
  if (needsApproval(known, review, context)) {
    return accepted([written(asked(known, { schedule: null, review }, context), context)]);
  }
  const { delayMinutes } = sendingRules(context.access);
  if (delayMinutes > 0 && !atOnce) return accepted([written(delayed(known, context), context)]);
  return accepted([written({ ...known, ...launchedNow, launchedAt: context.now }, context)]);
}

/** On its way, but for the time in which it can be stopped or edited (S0-D2). */
function delayed(known: Campaign, { access, now }: DecideContext): Campaign {
  const at = startByHand(access, now);
  const schedule: Schedule = { at, zone: "UTC", ifLate: "hold", delay: true };
  return { ...known, phase: "scheduled", schedule, held: null, waiting: null };
}

/** When a launch by hand begins. */
export function startByHand(access: AccessSettings, now: Instant): Instant {
  return now + sendingRules(access).delayMinutes * minuteMs;
}

/** Whatever was planned before is no plan any more. */
const launchedNow = { phase: "preparing", schedule: null, held: null, waiting: null } as const;

/** What a person reviewed goes out at a moment that they chose. */
export function plan(
  view: View,
  known: Campaign,
  { schedule: wanted, review }: { readonly schedule: Schedule; readonly review: Review },
  context: DecideContext,
): Decision {
  if (wanted.repeat !== undefined) {
    return setLive(view, known, { schedule: wanted, review }, context);
  }
  const found = planned(wanted, context.now);
  if (!found.ok) return found.error;
  const schedule = found.value;
  const refused = checkEnd(known, schedule.at) ?? checkLaunch(view, known, "schedule", review);
  if (refused !== null) return refused;
  const kept: Campaign = { ...known, schedule, held: null };
  if (!context.authority) return accepted([written({ ...kept, waiting: "schedule" }, context)]);
  if (needsApproval(known, review, context)) {
    return accepted([written(asked(known, { schedule, review }, context), context)]);
  }
  return accepted([written({ ...kept, phase: "scheduled", waiting: null }, context)]);
}

/** What a person reviewed goes out again and again, from the first time that is still to come. */
function setLive(
  view: View,
  known: Campaign,
  { schedule: wanted, review }: { readonly schedule: Schedule; readonly review: Review },
  context: DecideContext,
): Decision {
  if ((known.trigger ?? null) !== null) return illegal(known, "live");
  const found = planned(wanted, context.now);
  if (!found.ok) return found.error;
  const schedule = found.value;
  const refused = checkEnd(known, schedule.at) ?? checkLaunch(view, known, "live", review);
  if (refused !== null) return refused;
  const kept: Campaign = { ...known, schedule, held: null };
  if (!context.authority) return accepted([written({ ...kept, waiting: "schedule" }, context)]);
  if (needsApproval(known, review, context)) {
    return accepted([written(asked(known, { schedule, review }, context), context)]);
  }
  const launchedAt = known.launchedAt ?? context.now;
  return accepted([written({ ...kept, phase: "active", waiting: null, launchedAt }, context)]);
}

/** What a person reviewed goes to each person for whom something happens from now on. */
export function listen(
  view: View,
  known: Campaign,
  { trigger, review }: Omit<CommandArgs["campaign.setLive"], "id">,
  context: DecideContext,
): Decision {
  const wrong = wrongPartOfTrigger(trigger);
  if (wrong !== null) return rejected("invalid", `trigger.${wrong}`);
  const refused = checkEnd(known, context.now) ?? checkLaunch(view, known, "send", review);
  if (refused !== null) return refused;
  const live: Campaign = { ...known, trigger, schedule: null, held: null };
  if (!context.authority) return accepted([written({ ...live, waiting: "setLive" }, context)]);
  if (needsApproval(known, review, context)) {
    return accepted([written(asked(known, { schedule: null, trigger, review }, context), context)]);
  }
  const launched = { ...live, ...launchedNow, launchedAt: context.now };
  return accepted([written(launched, context)]);
}

/**
 * The schedule as it is kept: with its moment or, where it repeats, with the first that is still to
 * come. The error is why it cannot be.
 */
export function planned(wanted: Schedule, now: Instant): Result<Schedule, Rejected> {
  const { at, ifLate, repeat } = wanted;
  if (repeat === undefined) {
    const schedule = timed(wanted);
    if (schedule === null) return err(unfit(wanted, wrongPart(wanted)));
    const isPast = schedule.at <= now && ifLate === "hold";
    return isPast ? err(tooLate(schedule.at)) : ok(schedule);
  }
  const found = set(wanted, now);
  if (!found.ok) return err(unfit(wanted, found.error));
  return found.value === null ? err(tooLate(at)) : ok(found.value);
}

function tooLate(at: Instant): Rejected {
  return rejected("schedule_in_past", "schedule.at", { at });
}

/** The schedule with the moment that its wall time means by the rules known here; null when it means none. */
export function timed(schedule: Schedule): Schedule | null {
  const { wall, zone, local = false } = schedule;
  if (!isZone(zone) || (local && wall === undefined)) return null;
  const at = wall === undefined ? schedule.at : instantOf(wall, zone);
  return at === null ? null : { ...schedule, at };
}

/** When the engine begins: for recipients' own clocks, when the first clocks of the world show it. */
export function dueAt({ at, wall, local = false }: Schedule): Instant {
  return local && wall !== undefined ? Math.min(at, firstInstantOf(wall)) : at;
}

function wrongPart({ zone }: Schedule): "zone" | "wall" {
  return isZone(zone) ? "wall" : "zone";
}

/** What a part of a schedule takes, said of the part that means nothing. */
function unfit({ zone }: Schedule, part: "zone" | "wall" | `repeat.${keyof Repeat}`): Rejected {
  const message = part === "zone" ? `${zone} is no time zone: ${zoneExample}` : partWords[part];
  return rejected("invalid", `schedule.${part}`, { message });
}

const zoneExample = "name one as Europe/Berlin";
const clockWords = "must be a date and a time as clocks show it, as 2026-11-21T15:30";
const partWords = {
  wall: clockWords,
  "repeat.from": clockWords,
  "repeat.every": "must be day, week or month",
  "repeat.interval": `must be a whole number from 1 to ${maxInterval}`,
  "repeat.weekdays": "must be days from 1 (Monday) to 7 (Sunday), each once",
  "repeat.monthDay": "must be a whole number from 1 to 31",
  "repeat.until": "must be a day as 2026-12-31",
  "repeat.times": `must be a whole number from 1 to ${maxTimes}`,
} as const satisfies Record<"wall" | `repeat.${keyof Repeat}`, string>;

/** Back among the plans. A date that the server never heard of is simply forgotten. */
export function unplan(known: Campaign, context: DecideContext): Decision {
  // A launch that waits for approval is taken back in the same way.
  const isAsked = known.approval?.state === "asked" && !awaitsYes(known);
  if (isAsked && known.phase !== "scheduled") {
    const back = { ...withoutProposed(known), approval: null, waiting: null };
    return accepted([written(back, context)]);
  }
  const phase = next(expected(known), "unschedule", isComplete(known));
  if (phase === null || phase === "gone") return illegal(known, "unschedule");
  return accepted([written({ ...known, phase, schedule: null, waiting: null }, context)]);
}

type Moment = Pick<DecideContext, "now" | "authority">;

/** A person pauses, resumes, ends or cancels. */
export function move(
  known: Campaign,
  event: "pause" | "resume" | "end" | "cancel",
  context: Moment,
): Decision {
  const phase = next(expected(known), event, isComplete(known));
  if (phase === null || phase === "gone") return illegal(known, event);
  if (!context.authority) return accepted([written({ ...known, waiting: event }, context)]);
  const at = moved(known, phase, context);
  if (event === "end") return accepted([written(ended(at, context.now), context)]);
  // What came due during the pause is left out.
  const isBack = event === "resume" && isLive(known);
  return accepted([written(isBack ? goesOn(at, context.now) : at, context)]);
}

/** Goes on after a pause; not with a text that somebody has yet to agree to. */
export function resume(known: Campaign, context: DecideContext): Decision {
  if (!awaitsYes(known)) return move(known, "resume", context);
  if (mustAsk(context)) return rejected("needs_approval", null, { phase: known.phase });
  return move({ ...known, approval: null }, "resume", context);
}

/** The document with its next revision. */
export function written(doc: Campaign, context: Pick<DecideContext, "now">) {
  const changed: Campaign = { ...doc, rev: doc.rev + 1, updatedAt: context.now };
  return { kind: "campaign", id: doc.id, doc: changed } as const;
}

export function illegal(known: Campaign, event: LifecycleEvent): Decision {
  return rejected("illegal_move", null, { phase: expected(known).phase, event });
}

/** Whether the account exists and carries this kind of message; null when it does. */
export function checkAccount(view: View, id: string, type: Campaign["type"]): Decision | null {
  const account = view.get("account", id);
  if (account === undefined) return rejected("account_gone", "accountId");
  if (account.channel === type) return null;
  const detail = { account: account.channel, campaign: type };
  return rejected("channel_mismatch", "accountId", detail);
}

function moved(known: Campaign, phase: Campaign["phase"], context: Moment): Campaign {
  const paused = phase === "paused";
  return {
    ...known,
    phase,
    pausedFrom: paused ? known.phase : null,
    pauseReason: paused ? "user" : null,
    pausedAt: paused ? context.now : null,
    waiting: null,
    completedAt: phase === "canceled" ? context.now : known.completedAt,
  };
}

/** A campaign that ends before it begins would write to nobody. */
export function checkEnd({ validUntil }: Campaign, start: Instant): Decision | null {
  if (validUntil === undefined || validUntil === null || validUntil > start) return null;
  return rejected("invalid", "validUntil", { message: "must be after the start" });
}

/** The refusal of what misses something; null when nothing does. */
export function checkComplete(campaign: Campaign): Decision | null {
  const missing = missingParts(campaign);
  if (missing[0] === undefined) return null;
  return rejected("incomplete", missing[0], { missing: missing.join(", ") });
}

function checkLaunch(
  view: View,
  known: Campaign,
  event: "send" | "schedule" | "live",
  review: Review,
): Decision | null {
  const from = expected(known);
  const isChange = event === "live" && from.isLive === true;
  if ((isRunning(from.phase) && !isChange) || from.phase === "completed") {
    return rejected("already_sent", null, { phase: from.phase, at: known.launchedAt });
  }
  if (from.phase === "canceled") return illegal(known, event);
  return (
    checkComplete(known) ??
    checkReview(view, known, review) ??
    (next(from, event, true) === null ? illegal(known, event) : null)
  );
}

/** Whether what is about to be sent is still what the person reviewed; null when it is. */
export function checkReview(view: View, known: Campaign, review: Review): Decision | null {
  const audience = view.get("audience", review.audienceId);
  if (audience === undefined) return rejected("audience_gone", "audienceId");
  const refused =
    checkAccount(view, review.accountId, known.type) ??
    checkFallback(known) ??
    checkFallbackAccount(view, known);
  if (refused !== null) return refused;
  const same =
    review.audienceId === known.audienceId &&
    review.accountId === known.accountId &&
    review.audienceRev === audience.rev &&
    review.contentHash === contentHash(known);
  return same
    ? null
    : rejected("changed_since_review", null, { rev: known.rev, reviewed: review.rev });
}
