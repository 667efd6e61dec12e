/**
 * Marks: what is worth knowing of a message beside its state. They are only ever added, so a
 * set of marks is the same in whatever order things were heard.
 */
import { isWaiting, reasonClass, type Reason } from "./reason.ts";
import { kindOf, type MessageState } from "./state.ts";

/**
 * `recovered`: it arrived, though a try or a send of it had failed or was in doubt.
 * `resent`: it was sent again, with a key of its own, after it had failed: a plan to do so is none.
 * `duplicate_risk`: a try of unknown outcome was repeated where no key is honoured.
 * `complained`: the recipient reported it as unwanted.
 * `opted_out`: the recipient unsubscribed through it.
 * `redeemed`: its code was redeemed at least once.
 * `clicked`: a person followed one of its links.
 */
export const marks = [
  "recovered",
  "resent",
  "duplicate_risk",
  "complained",
  "opted_out",
  "redeemed",
  "clicked",
] as const;

export type Mark = (typeof marks)[number];

/** The bits that are stored: never renumber. Bit 2 is `troubled`: a try failed or was in doubt; 64: see charge.ts; 256: see codes/published.ts; 1,024: `toResend`. */
const markBits = {
  recovered: 1,
  resent: 4,
  duplicate_risk: 8,
  complained: 16,
  opted_out: 32,
  redeemed: 128,
  clicked: 512,
} as const satisfies Record<Mark, number>;

const troubled = 2;

/** It failed and shall go out again, which did not begin: it may arrive, or be left out, before. */
const toResend = 1_024;

export function hasMark(bits: number, mark: Mark): boolean {
  return (bits & markBits[mark]) > 0;
}

export function withMark(bits: number, mark: Mark): number {
  return bits | markBits[mark];
}

/** The one mark that may be taken back is `redeemed`: whoever redeemed the code rolled it back. */
export function withoutMark(bits: number, mark: "redeemed"): number {
  return bits & ~markBits[mark];
}

/** The marks that `after` has and `before` had not. */
export function newMarks(before: number, after: number): readonly Mark[] {
  return before === after ? [] : marks.filter((mark) => (after & ~before & markBits[mark]) > 0);
}

/** What is heard of a message, as far as marks go. */
export interface Heard {
  readonly state: MessageState;
  readonly reason: Reason;
}

/**
 * The marks after something was heard, whether or not it changes the state. `stands`: the state
 * that the message is in then.
 */
export function marksAfter(known: number, heard: Heard, stands: MessageState): number {
  const bits = isTrouble(heard) ? known | troubled : known;
  const hadTrouble = (bits & troubled) > 0;
  return kindOf[stands] === "positive" && hadTrouble ? withMark(bits, "recovered") : bits;
}

/** The marks of what failed and is to be sent again. */
export function withResendPlanned(bits: number): number {
  return bits | toResend;
}

export function isToResend(bits: number): boolean {
  return (bits & toResend) > 0;
}

/**
 * The marks of a message that leaves `from` for what was heard: a planned second send was begun
 * when its call ended, or may have been made; who was only put back to wait was not called.
 */
export function marksBegun(bits: number, from: MessageState, { state, reason }: Heard): number {
  if (!isToResend(bits) || from !== "sending") return bits;
  const isPutBack = state === "queued" && reason === "none";
  return isPutBack ? bits : withMark(bits & ~toResend, "resent");
}

/** How much of a message is known, to tell how often it went out. */
export interface Stand {
  readonly state: MessageState;
  readonly gen: number;
  readonly try: number;
  readonly marks: number;
  /** Whether something was heard of a call of its present generation. */
  readonly isHeard: boolean;
}

/** How many of its generations were begun: the present one may only be planned. */
export function sendsBegun({ state, gen, try: attempt, marks: bits, isHeard }: Stand): number {
  const isInHand = state === "sending" || state === "ambiguous";
  const hasGone = attempt > 0 || isHeard || hasMark(bits, "resent");
  return gen === 1 || state === "sending" || (!isToResend(bits) && (isInHand || hasGone))
    ? gen
    : gen - 1;
}

/** Whether it says that a try failed or is in doubt. To be asked for patience is no failure, nor is to wait for its time. */
function isTrouble({ state, reason }: Heard): boolean {
  if (state === "undelivered" || state === "failed") return true;
  const isBack = state === "queued" || state === "ambiguous";
  return isBack && reason !== "none" && reasonClass(reason) !== "limit" && !isWaiting(reason);
}
