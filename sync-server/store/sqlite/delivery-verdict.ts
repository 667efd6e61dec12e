/**
 * What becomes of a message whose turn has come, from everything that is read for it. It moves
 * nothing: the intent acts on it, and whoever counts beforehand counts what it would do.
 */
import { hasMark, isToResend } from "#domain/message/marks.ts";
import type { Reason } from "#domain/message/reason.ts";
import { maxTries } from "#domain/message/retry.ts";
import type { Instant } from "#domain/core/time.ts";
import type { Row } from "./database.ts";
import type { Allowance } from "./delivery-allowance.ts";
import type { Message } from "./delivery-moves.ts";
import type { OldKeyOf } from "./delivery-doubts.ts";
import type { Distribution } from "./delivery-rows.ts";
import type { TimingRule } from "./delivery-timing.ts";

export type Verdict =
  /** It goes out with so many units; null where no budget asks. */
  | { readonly what: "go"; readonly units: number | null }
  | { readonly what: "wait"; readonly reason: Reason; readonly until: Instant }
  /** Its recipient is not written to. */
  | { readonly what: "skip"; readonly reason: Reason }
  /** Nobody knows whether it arrived, and it is not tried again. */
  | { readonly what: "give up"; readonly reason: Reason | null };

export interface Rules {
  readonly timing: TimingRule;
  /** null: nothing limits what is spent. What goes out is taken from it. */
  readonly allowance: Pick<Allowance, "unitsOf" | "fits" | "take"> | null;
  /** Whether there is a code for a message, which then has it; null: messages carry none. */
  readonly hasCode: ((n: number) => boolean) | null;
  /** Whether the account wants a doubt repeated though no key is honoured. */
  readonly repeatsUnknown: () => boolean;
  /** Whether the provider has forgotten the key of a message in doubt. */
  readonly oldKeyOf: OldKeyOf;
  readonly now: Instant;
}

/** Of rows as `candidates` reads them. The budget is asked last but for the codes, as that lowers it. */
export function createVerdicts(
  distribution: Pick<Distribution, "isKeyed">,
  rules: Rules,
): (row: Row, message: Message) => Verdict {
  return (row, message) => {
    const time = rules.timing.of(row);
    const ruled = refusalOf(row) ?? (time.what === "skip" ? time.reason : null);
    const refused =
      message.state === "ambiguous"
        ? doubted(message, ruled, { distribution, rules })
        : skipped(message, ruled, row["over"] === 1);
    if (refused !== null) return refused;
    return time.what === "wait" ? time : paidFor(rules, message, String(row["address"]));
  };
}

/** Proof may still come of what would be repeated under a key that the provider has forgotten. */
function doubted(
  message: Message,
  ruled: Reason | null,
  {
    distribution,
    rules,
  }: { readonly distribution: Pick<Distribution, "isKeyed">; readonly rules: Rules },
): Verdict | null {
  const old = rules.oldKeyOf(message);
  if (old === null)
    return givenUp(message, ruled, distribution.isKeyed || mayRepeat(message, rules));
  const until = old.heldUntil;
  const isHeld = rules.now < until && !old.isWanted;
  if (isHeld && ruled === null) return { what: "wait", reason: "outcome_unknown", until };
  return givenUp(message, ruled, old.isWanted || rules.repeatsUnknown());
}

/** It may have arrived: what a person withdrew since then cannot make it `skipped`. */
function givenUp(message: Message, ruled: Reason | null, isWanted: boolean): Verdict | null {
  if (isWanted && ruled === null && message.try < maxTries) return null;
  return { what: "give up", reason: ruled };
}

/** No try yet in this round: a person wants it sent again in spite of the doubt. */
function mayRepeat(message: Message, { repeatsUnknown }: Rules): boolean {
  return message.try === 0 || repeatsUnknown();
}

/** Whoever was let through once is not held back from a repeat by what came between. */
function skipped(message: Message, ruled: Reason | null, isOver: boolean): Verdict | null {
  const reason = ruled ?? (isOver && isFirst(message) ? "frequency_cap" : null);
  return reason === null ? null : { what: "skip", reason };
}

/** Whether the budget and the codes reach it; what it takes of them is taken. */
function paidFor({ allowance, hasCode }: Rules, message: Message, address: string): Verdict {
  const units = allowance === null ? null : unitsOf(allowance, address, message);
  if (units === "too many") return { what: "skip", reason: "budget_reached" };
  if (hasCode?.(message.n) === false) return { what: "skip", reason: "no_code_left" };
  if (units !== null && message.month === null) allowance?.take(units, address);
  return { what: "go", units };
}

/** Whoever was let through once is let through again: it is the same send, and counts once. */
function unitsOf(
  allowance: NonNullable<Rules["allowance"]>,
  address: string,
  message: Message,
): number | "too many" {
  const units = allowance.unitsOf(message);
  if (message.month !== null) return message.segments;
  // It may be with its recipient already.
  if (message.state === "ambiguous") return units;
  return allowance.fits(units, address) ? units : "too many";
}

function isFirst(message: Message): boolean {
  return message.try === 0 && !hasMark(message.marks, "resent") && !isToResend(message.marks);
}

function refusalOf(row: Row): Reason | null {
  if (row["known"] === null) return "no_address";
  if (row["suppressed"] === 1) return "suppressed";
  return row["granted"] === 1 ? null : "no_consent";
}
