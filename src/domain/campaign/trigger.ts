/**
 * Campaigns that go to one person at a time: when something happens for them, when a date of
 * theirs comes, when they come into the audience. Here stands who enters, and when the message is
 * due. Consent, suppression, caps and quiet hours are looked at when its turn comes, as for every
 * message.
 */
import type { Id } from "../core/id.ts";
import { dayMs, hourMs, minuteMs, type Instant } from "../core/time.ts";
import { lateMs } from "../schedule/late.ts";
import { isWithin, wrongPartOfOccasions, type Occasions } from "../schedule/occasion.ts";

/** How long after it they are written to, and whether more than once. */
interface Entrance {
  /** Minutes between what happened and the message. */
  readonly delayMinutes: number;
  /** Hours before the same person may enter again; null: once and never again. */
  readonly againAfterHours: number | null;
}

/** An event that another system tells of: `order_paid`. */
export interface EventTrigger extends Entrance {
  readonly kind: "event";
  readonly event: string;
}

/** Somebody uses a code. */
export interface RedeemedTrigger extends Entrance {
  readonly kind: "redeemed";
  /** Only this code, or, with `*` at its end, those that begin so; null: any. Compared without case. */
  readonly code: string | null;
  /** Only codes of this campaign; null: of any. */
  readonly campaignId: Id | null;
}

/** Somebody comes into the audience who was not in it. */
export interface EntryTrigger extends Entrance {
  readonly kind: "entry";
  /** Whether those count as coming who are in it when the campaign is set live. */
  readonly existing: "skip" | "send";
}

/** A date that stands in a field of the contact comes. Each person once for each time that it comes. */
export interface DateTrigger extends Occasions {
  readonly kind: "date";
  /** What becomes of a message that is later than six hours: left out, or sent as soon as possible. */
  readonly ifLate: "hold" | "sendNow";
}

export type Trigger = EventTrigger | RedeemedTrigger | EntryTrigger | DateTrigger;

export type TriggerKind = Trigger["kind"];

type PartsOf<T> = T extends unknown ? keyof T & string : never;

/** A field of some trigger. */
export type TriggerPart = PartsOf<Trigger>;

const maxDelayMinutes = (90 * dayMs) / minuteMs;
const maxAgainAfterHours = (365 * dayMs) / hourMs;

const namePattern = /^[a-z][a-z0-9_.-]{0,63}$/;

/** Whether it is a name that events can have: small letters, digits, and `_ . -` after the first letter. */
export function isEventName(name: string): boolean {
  return namePattern.test(name);
}

const codePattern = /^[\p{L}\p{N}][\p{L}\p{N}_.-]{0,63}$/u;

const filterPattern = /^[\p{L}\p{N}][\p{L}\p{N}_.-]*\*?$/u;

/** Whether it can be a code: letters and digits, and `_ . -` after the first, at most 64. */
export function isCode(text: string): boolean {
  return codePattern.test(text);
}

/** The part that means nothing, as a field of the trigger; null when all is well. */
export function wrongPartOfTrigger(trigger: Trigger): TriggerPart | null {
  if (trigger.kind === "date") return wrongPartOfOccasions(trigger);
  if (trigger.kind === "event" && !isEventName(trigger.event)) return "event";
  if (trigger.kind === "redeemed" && !filterPattern.test(trigger.code ?? "a")) return "code";
  const { delayMinutes, againAfterHours } = trigger;
  if (!isWithin(delayMinutes, maxDelayMinutes)) return "delayMinutes";
  const isAgain = againAfterHours === null || isWithin(againAfterHours, maxAgainAfterHours);
  return isAgain ? null : "againAfterHours";
}

/** What happened for somebody. */
export type Occurred =
  | { readonly kind: "event"; readonly name: string }
  | { readonly kind: "redeemed"; readonly code: string; readonly campaignId: Id | null };

/** Whether a campaign with the trigger waits for what happened. */
export function isAwaited(trigger: Trigger, what: Occurred): boolean {
  if (trigger.kind === "event") return what.kind === "event" && what.name === trigger.event;
  if (trigger.kind !== "redeemed" || what.kind !== "redeemed") return false;
  if (trigger.campaignId !== null && trigger.campaignId !== what.campaignId) return false;
  if (trigger.code === null) return true;
  const wanted = trigger.code.toLowerCase();
  const code = what.code.toLowerCase();
  return wanted.endsWith("*") ? code.startsWith(wanted.slice(0, -1)) : code === wanted;
}

/** Whether somebody enters who entered last at that time; null: never yet. */
export function mayEnter(
  { againAfterHours }: Entrance,
  lastAt: Instant | null,
  now: Instant,
): boolean {
  if (lastAt === null) return true;
  return againAfterHours !== null && now >= lastAt + againAfterHours * hourMs;
}

/** Whether it is told so late that its message would come hours after its time: nobody is surprised with that. */
export function isToldTooLate(entrance: Entrance, happenedAt: Instant, now: Instant): boolean {
  return now > entryDueAt(entrance, happenedAt, happenedAt) + lateMs;
}

/** When the message is due: after what happened, which nobody can know before it did. */
export function entryDueAt({ delayMinutes }: Entrance, happenedAt: Instant, now: Instant): Instant {
  return Math.max(now, Math.min(happenedAt, now) + delayMinutes * minuteMs);
}

/** Whether a message of it may use what the event told: `{{ event.product }}`. */
export function hasProperties(trigger: Trigger | null | undefined): boolean {
  return trigger?.kind === "event" || trigger?.kind === "redeemed";
}
