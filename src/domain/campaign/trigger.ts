/**
 * Campaigns that go to one person at a time, when something happens for them: who enters, and
 * when the message is due. Consent, suppression, caps and quiet hours are looked at when its turn
 * comes, as for every message.
 */
import { dayMs, hourMs, minuteMs, type Instant } from "../core/time.ts";

/** An event that another system tells of: `order_paid`, `code_redeemed`. */
export interface Trigger {
  readonly kind: "event";
  readonly event: string;
  /** Minutes between what happened and the message. */
  readonly delayMinutes: number;
  /** Hours before the same person may enter again; null: once and never again. */
  readonly againAfterHours: number | null;
}

const maxDelayMinutes = (90 * dayMs) / minuteMs;
const maxAgainAfterHours = (365 * dayMs) / hourMs;

const namePattern = /^[a-z][a-z0-9_.-]{0,63}$/;

/** Whether it is a name that events can have: small letters, digits, and `_ . -` after the first letter. */
export function isEventName(name: string): boolean {
  return namePattern.test(name);
}

/** The part that means nothing, as a field of the trigger; null when all is well. */
export function wrongPartOfTrigger(trigger: Trigger): keyof Trigger | null {
  const { event, delayMinutes, againAfterHours } = trigger;
  if (!isEventName(event)) return "event";
  if (!isWithin(delayMinutes, maxDelayMinutes)) return "delayMinutes";
  const isAgain = againAfterHours === null || isWithin(againAfterHours, maxAgainAfterHours);
  return isAgain ? null : "againAfterHours";
}

function isWithin(value: number, most: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= most;
}

/** Whether somebody enters who entered last at that time; null: never yet. */
export function mayEnter(
  { againAfterHours }: Trigger,
  lastAt: Instant | null,
  now: Instant,
): boolean {
  if (lastAt === null) return true;
  return againAfterHours !== null && now >= lastAt + againAfterHours * hourMs;
}

/** When the message is due: after what happened, which nobody can know before it did. */
export function entryDueAt({ delayMinutes }: Trigger, happenedAt: Instant, now: Instant): Instant {
  return Math.max(now, Math.min(happenedAt, now) + delayMinutes * minuteMs);
}
