/**
 * Whether a message goes out now: what it is decided by is read inside the intent transaction, so
 * whatever was committed before it is obeyed. The budget is asked last, as that lowers it.
 */
import type { Instant } from "#domain/core/time.ts";
import { hasMark } from "#domain/message/marks.ts";
import { reasonOf, type Reason } from "#domain/message/reason.ts";
import { maxTries } from "#domain/message/retry.ts";
import type { Database, Row } from "./database.ts";
import type { Allowance } from "./delivery-allowance.ts";
import type { CodeGiver } from "./delivery-codes.ts";
import type { Message, Mover } from "./delivery-moves.ts";
import { accountOf, setTimer, type Distribution } from "./delivery-rows.ts";
import type { Timing, TimingRule } from "./delivery-timing.ts";

/** The units that a message goes out with, null where no budget asks; or it was decided without a call. */
export type Verdict = number | null | "decided";

export interface Rules {
  readonly timing: TimingRule;
  /** null: nothing limits what is spent. */
  readonly allowance: Allowance | null;
  /** null: messages carry no codes. */
  readonly codes: CodeGiver | null;
  readonly now: Instant;
}

export function createJudge(
  db: Database,
  distribution: Distribution,
  mover: Mover,
  { timing, allowance, codes, now }: Rules,
): (row: Row, message: Message) => Verdict {
  const skip = (message: Message, reason: Reason): "decided" => {
    mover.move(message, { by: "engine", state: "skipped", reason, at: now });
    return "decided";
  };
  const repeatsUnknown = (): boolean => accountOf(db, distribution)?.onUnknown === "resend";
  return (row, message) => {
    const time = timing.of(row);
    if (decideWithoutCall(mover, distribution, { row, message, time, repeatsUnknown, now })) {
      return "decided";
    }
    if (time.what === "wait") {
      hold(db, distribution, mover, { message, time, now });
      return "decided";
    }
    const units = allowance === null ? null : unitsOf(allowance, row, message);
    if (units === "too many") return skip(message, "budget_reached");
    if (codes !== null && codes.of(message.n) === null) return skip(message, "no_code_left");
    if (units !== null && message.month === null) allowance?.take(units, String(row["address"]));
    return units;
  };
}

/** Whoever was let through once is let through again: it is the same send, and counts once. */
function unitsOf(allowance: Allowance, row: Row, message: Message): number | "too many" {
  const units = allowance.unitsOf(message);
  if (message.month !== null) return message.segments;
  // It may be with its recipient already.
  if (message.state === "ambiguous") return units;
  return allowance.fits(units, String(row["address"])) ? units : "too many";
}

interface Undecided {
  readonly row: Row;
  readonly message: Message;
  readonly time: Timing;
  /** Whether the account wants a doubt repeated though no key is honoured. */
  readonly repeatsUnknown: () => boolean;
  readonly now: Instant;
}

/** A message whose time has not come is looked at again when it has. */
function hold(
  db: Database,
  distribution: Distribution,
  mover: Mover,
  {
    message,
    time: { reason, until },
    now,
  }: {
    readonly message: Message;
    readonly time: Extract<Timing, { readonly what: "wait" }>;
    readonly now: Instant;
  },
): void {
  setTimer(db, distribution, message.n, until);
  if (message.state === "queued")
    mover.move(message, { by: "engine", state: "queued", reason, at: now });
}

function isFirst(message: Message): boolean {
  return message.try === 0 && !hasMark(message.marks, "resent");
}

/** No try yet in this round: a person wants it sent again in spite of the doubt. */
function mayRepeat(message: Message, repeatsUnknown: () => boolean): boolean {
  return message.try === 0 || repeatsUnknown();
}

/** Skips who must not be written to, and gives up doubt that may not be tried again. */
function decideWithoutCall(
  mover: Mover,
  { isKeyed }: Distribution,
  { row, message, time, repeatsUnknown, now }: Undecided,
): boolean {
  const ruled = refusalOf(row) ?? (time.what === "skip" ? time.reason : null);
  if (message.state === "ambiguous") {
    // It may have arrived: what a person withdrew since then cannot make it `skipped`.
    const isWanted = isKeyed || mayRepeat(message, repeatsUnknown);
    if (isWanted && ruled === null && message.try < maxTries) return false;
    mover.move(message, {
      by: "engine",
      state: "unconfirmed",
      reason: reasonOf(message.reason),
      at: now,
    });
    return true;
  }
  // Whoever was let through once is not held back from a repeat by what came between.
  const isOver = row["over"] === 1 && isFirst(message);
  const refusal = ruled ?? (isOver ? "frequency_cap" : null);
  if (refusal === null) return false;
  mover.move(message, { by: "engine", state: "skipped", reason: refusal, at: now });
  return true;
}

function refusalOf(row: Row): Reason | null {
  if (row["known"] === null) return "no_address";
  if (row["suppressed"] === 1) return "suppressed";
  return row["granted"] === 1 ? null : "no_consent";
}
