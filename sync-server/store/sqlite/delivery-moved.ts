/** What a change makes of a message: how it stands then, what it costs and what it publishes. */
import type { Instant } from "#domain/core/time.ts";
import { isPublished, marksPublished } from "#domain/codes/published.ts";
import { isCharged, marksCharged } from "#domain/message/charge.ts";
import {
  marksAfter,
  marksBegun,
  withMark,
  withResendPlanned,
  type Mark,
} from "#domain/message/marks.ts";
import { reasonCode, type Reason } from "#domain/message/reason.ts";
import { stateCodes, type MessageState } from "#domain/message/state.ts";
import type { Cause } from "#domain/message/transition.ts";
import type { Month } from "#domain/schedule/month.ts";
import type { Way } from "../distribution.ts";
import type { Database } from "./database.ts";
import type { Notes } from "./delivery-notes.ts";
import type { Place } from "./delivery-place.ts";
import type { Till } from "./delivery-spend.ts";
import type { FallbackNotes } from "./fallback-notes.ts";

/** A message as it stands: in flight where its chunk says so, whatever is stored. */
export interface Message {
  readonly n: number;
  readonly state: MessageState;
  readonly gen: number;
  readonly try: number;
  readonly reason: number;
  readonly segments: number;
  readonly marks: number;
  readonly at: Instant;
  /** Against which its present generation counts; null: it costs nothing yet, or not any more. */
  readonly month: Month | null;
  /** The short number of its carrier; 0 where they are not counted. */
  readonly carrier: number;
}

/** What a change sets; what is left out stays. */
export interface Change {
  readonly by: Cause;
  readonly state: MessageState;
  readonly reason: Reason;
  readonly at: Instant;
  readonly gen?: number;
  readonly try?: number;
  readonly segments?: number;
  readonly providerId?: string | null;
  /** Marks that our own decision gives. */
  readonly mark?: Mark;
  /** It failed, and goes out again under a new key. */
  readonly isResend?: boolean;
  /** Of a doubt: when the call began of which nobody knows what came of it; `at` when left out. */
  readonly since?: Instant;
  /** It counts against a budget from now on, before anybody knows whether it is taken. */
  readonly isSpent?: boolean;
}

/** A distribution whose messages change. */
export interface Changing extends Place {
  /** The pool that its messages have codes of; null: they have none. */
  readonly codePool: number | null;
  /** Whether they are counted by carrier. */
  readonly byCarrier: boolean;
  /** For how long a repeated key acts once; null: for ever, or it never does. */
  readonly keyRetentionMs: number | null;
  /** Whether it has a second way, so that each of its messages goes by one of two. */
  readonly fallsBack: boolean;
  /** The number of its newest text. */
  readonly edition: number;
}

/** What changes of its messages are paid and published with. */
export interface Paying {
  readonly db: Database;
  readonly place: Changing;
  readonly notes: Notes;
  readonly till: Till;
  /** null: all go by one way. */
  readonly ways: FallbackNotes | null;
}

const chargeSql = `insert into charge (ws, distribution, n, gen, units, month) values (?, ?, ?, ?, ?, ?)
  on conflict do nothing`;

/** What is stored of a message, from the state to the month. */
export function stored({ state, reason, at, gen, segments, marks, month, ...rest }: Message) {
  return [stateCodes[state], reason, at, gen, rest.try, segments, marks, month];
}

/** What the move costs and publishes. What a generation was charged, and when, stays noted when the next one begins. */
export function bill(moving: Paying, from: Message, to: Message, times = 1): void {
  const { db, place, notes, till, ways } = moving;
  const wayOf = (message: Message): Way =>
    ways?.isBySecond(message) === true ? "fallback" : "own";
  const [was, is] = [wayOf(from), wayOf(to)];
  notes.publish(publishedBy(from, to) * times);
  const isSame = to.gen === from.gen;
  const before = isCharged(from) ? from.segments : 0;
  const after = isCharged(to) ? to.segments : 0;
  till.bill(is, { first: to.n, times, units: isSame ? after - before : after });
  const stays = !isSame && before > 0;
  if (from.month !== null && !stays) {
    till.spend(was, from.month, { first: from.n, times, units: -from.segments });
  }
  if (to.month !== null) {
    till.spend(is, to.month, { first: to.n, times, units: to.segments });
  }
  if (!stays) return;
  for (let n = from.n; n < from.n + times; n++) {
    db.run(chargeSql, place.ws, place.seq, n, from.gen, before, from.month);
  }
}

/** 1: its code was published by the move. */
function publishedBy(from: Message, to: Message): 0 | 1 {
  return isPublished(to.marks) && !isPublished(from.marks) ? 1 : 0;
}

/** The message as a change leaves it. */
export function movedTo(
  { place: { codePool }, till }: Paying,
  message: Message,
  change: Change,
): Message {
  const heard = { state: change.state, reason: change.reason };
  const begun = marksBegun(message.marks, message.state, heard);
  const known = change.isResend === true ? withResendPlanned(begun) : begun;
  const heardMarks = marksAfter(known, heard, change.state);
  const marks = codePool === null ? heardMarks : marksPublished(heardMarks, change.state);
  const moved = toChanged(message, change, marks);
  const billed = { ...moved, marks: marksCharged(message, moved) };
  return { ...billed, month: monthAfter(till, message, billed, change) };
}

/** The month in which it began to count stays, for as long as it does. */
function monthAfter(
  till: Till,
  from: Message,
  to: Message,
  { isSpent = false, at }: Change,
): Month | null {
  const known = to.gen === from.gen ? from.month : null;
  const isUnderWay = to.state === "sending" || to.state === "ambiguous";
  const counts = isCharged(to) || (isUnderWay && (isSpent || known !== null));
  return counts ? (known ?? till.monthOf(at)) : null;
}

function toChanged(message: Message, change: Change, marks: number): Message {
  return {
    n: message.n,
    state: change.state,
    gen: change.gen ?? message.gen,
    try: change.try ?? message.try,
    reason: reasonCode(change.reason),
    segments: change.segments ?? message.segments,
    marks: change.mark === undefined ? marks : withMark(marks, change.mark),
    at: change.at,
    month: message.month,
    carrier: message.carrier,
  };
}
