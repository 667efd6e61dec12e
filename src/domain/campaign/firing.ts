/**
 * The firings of a recurring campaign: when the next one is, and what becomes of those whose
 * moment passed. Each makes a run, which is a campaign of its own.
 */
import { err, ok, type Result } from "../core/result.ts";
import type { Instant } from "../core/time.ts";
import { nextOccurrence, wrongPartOf, type Occurrence, type Repeat } from "../schedule/repeat.ts";
import { firstInstantOf, isZone } from "../schedule/wall-time.ts";
import { codesOf, tracksOf, type Campaign, type Schedule } from "./campaign.ts";
import { fallingOf } from "./fallback.ts";

/** What a firing comes to. */
export interface Fired {
  /** The recurring campaign as it goes on, its revision not raised. */
  readonly campaign: Campaign;
  /** The planned time of the run to make; null: it came too late, and nobody is written to. */
  readonly run: Schedule | null;
  /** Times that passed without a run. */
  readonly missed: number;
}

/**
 * The schedule at its first time after `now`; null when none is left. The error names the part
 * that means nothing.
 */
export function set(
  asked: Schedule,
  now: Instant,
): Result<Schedule | null, "zone" | `repeat.${keyof Repeat}`> {
  const { repeat, zone } = asked;
  if (repeat === undefined || !isZone(zone)) return err("zone");
  const wrong = wrongPartOf(repeat);
  if (wrong !== null) return err(`repeat.${wrong}` as const);
  return ok(after(asked, repeat, now));
}

/** With recipients' own clocks it begins where they are first, up to 26 hours before the zone's. */
function dueOf({ wall, at }: Occurrence, { local = false }: Schedule): Instant {
  return local ? Math.min(at, firstInstantOf(wall)) : at;
}

/** The schedule at the first time whose beginning is after a moment; null when there is none. */
function after(schedule: Schedule, repeat: Repeat, moment: Instant): Schedule | null {
  if (!isZone(schedule.zone)) return null;
  let found = nextOccurrence(repeat, schedule.zone, moment);
  while (found !== null && dueOf(found, schedule) <= moment) {
    found = nextOccurrence(repeat, schedule.zone, found.at);
  }
  return found === null ? null : { ...schedule, ...found };
}

/**
 * The planned time has come. Of several that passed while the server was down, the last makes one
 * run, and none does where it is later than `graceMs` and the campaign says to hold.
 */
export function fire(campaign: Campaign, now: Instant, graceMs: number): Fired {
  const { schedule, firings = 0 } = campaign;
  const repeat = schedule?.repeat;
  if (schedule === null || repeat === undefined) return { campaign, run: null, missed: 0 };
  const { last, passed } = lastDue(schedule, repeat, now);
  const isLate = schedule.ifLate === "hold" && now - last.at > graceMs;
  const made = firings + (isLate ? 0 : 1);
  const next = made >= (repeat.times ?? Infinity) ? null : after(last, repeat, last.at);
  const fired: Campaign = { ...campaign, firings: made, updatedAt: now };
  return {
    campaign: next === null ? ended(fired, now) : { ...fired, schedule: next },
    run: isLate ? null : once(last),
    missed: isLate ? passed : passed - 1,
  };
}

/** The last of the times that came by `now`, and how many they are. */
function lastDue(
  schedule: Schedule,
  repeat: Repeat,
  now: Instant,
): { readonly last: Schedule; readonly passed: number } {
  let last = schedule;
  let passed = 1;
  for (;;) {
    const next = nextOccurrence(repeat, schedule.zone, last.at);
    if (next === null || dueOf(next, schedule) > now) return { last, passed };
    last = { ...schedule, ...next };
    passed += 1;
  }
}

/** One time of it: a run does not repeat. */
function once({ repeat: _repeat, ...schedule }: Schedule): Schedule {
  return schedule;
}

/** After a pause: from the next time on, whatever passed meanwhile. */
export function goesOn(campaign: Campaign, now: Instant): Campaign {
  const { schedule } = campaign;
  const repeat = schedule?.repeat;
  if (schedule === null || repeat === undefined) return campaign;
  // A device may not know the zone yet: the server says when the next time is.
  if (!isZone(schedule.zone)) return campaign;
  const next = after(schedule, repeat, now);
  return next === null ? ended(campaign, now) : { ...campaign, schedule: next };
}

/** Nothing new begins; it is complete once its last run is. */
export function ended(campaign: Campaign, now: Instant): Campaign {
  return { ...campaign, phase: "settling", endedAt: now, submittedAt: now };
}

/** The run of a firing: what the campaign says now, to those who are in its audience now. */
export function newRun(campaign: Campaign, schedule: Schedule, now: Instant) {
  const { name, group, type, content, audienceId, accountId, createdBy } = campaign;
  const n = (campaign.firings ?? 0) + 1;
  return (id: string): Campaign => ({
    id,
    number: null,
    rev: 1,
    name: `${name.slice(0, maxName)} (run ${n})`,
    group,
    type,
    content,
    audienceId,
    accountId,
    ...codesOf(campaign),
    ...tracksOf(campaign),
    ...fallingOf(campaign),
    schedule,
    validUntil: campaign.validUntil ?? null,
    ...(campaign.budget === undefined ? {} : { budget: campaign.budget }),
    phase: "preparing",
    pausedFrom: null,
    pauseReason: null,
    waiting: null,
    createdAt: now,
    createdBy,
    updatedAt: now,
    launchedAt: now,
    startedAt: null,
    submittedAt: null,
    completedAt: null,
    firing: { of: campaign.id, n, at: schedule.at },
    total: null,
  });
}

/** A name has at most 200 characters. */
const maxName = 180;
