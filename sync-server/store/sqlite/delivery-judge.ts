/**
 * Does what the verdict on a message says: what it is decided by is read inside the intent
 * transaction, so whatever was committed before it is obeyed.
 */
import { secondMs, type Instant } from "#domain/core/time.ts";
import { reasonOf } from "#domain/message/reason.ts";
import type { Database, Row } from "./database.ts";
import type { Allowance } from "./delivery-allowance.ts";
import type { CodeGiver } from "./delivery-codes.ts";
import type { OldKeyOf } from "./delivery-doubts.ts";
import type { Message, Mover } from "./delivery-moves.ts";
import { accountOf, setTimer, type Distribution } from "./delivery-rows.ts";
import type { TimingRule } from "./delivery-timing.ts";
import { teaches } from "./receipt-delays.ts";
import { holdsReceipts } from "./receipt-inbox.ts";
import { createVerdicts, type Verdict } from "./delivery-verdict.ts";

/** The units that a message goes out with, null where no budget asks; or it was decided without a call. */
export type Judged = number | null | "decided";

/** How long a doubt waits longer, each time that receipts are not merged yet. */
const unreadMs = secondMs;

export interface Judging {
  readonly timing: TimingRule;
  /** null: nothing limits what is spent. */
  readonly allowance: Allowance | null;
  /** null: messages carry no codes. */
  readonly codes: CodeGiver | null;
  readonly oldKeyOf: OldKeyOf;
  readonly now: Instant;
}

export function createJudge(
  db: Database,
  distribution: Distribution,
  mover: Mover,
  { timing, allowance, codes, oldKeyOf, now }: Judging,
): (row: Row, message: Message) => Judged {
  const verdictOn = createVerdicts(distribution, {
    timing,
    allowance,
    hasCode: codes === null ? null : (n) => codes.of(n) !== null,
    repeatsUnknown: () => accountOf(db, distribution)?.onUnknown === "resend",
    oldKeyOf,
    now,
  });
  const hasUnread = teaches(distribution) && holdsReceipts(db);
  return (row, message) => {
    if (hasUnread && message.state === "ambiguous") {
      // Its receipt may have come, and wait for its turn.
      setTimer(db, distribution, message.n, now + unreadMs);
      return "decided";
    }
    const verdict = verdictOn(row, message);
    if (verdict.what === "go") return verdict.units;
    if (verdict.what === "wait") hold(db, distribution, mover, { message, verdict, now });
    else mover.move(message, endOf(message, verdict, now));
    return "decided";
  };
}

function endOf(
  message: Message,
  verdict: Extract<Verdict, { readonly what: "skip" | "give up" }>,
  at: Instant,
): Parameters<Mover["move"]>[1] {
  return verdict.what === "skip"
    ? { by: "engine", state: "skipped", reason: verdict.reason, at }
    : { by: "engine", state: "unconfirmed", reason: reasonOf(message.reason), at };
}

/** A message whose time has not come is looked at again when it has. */
function hold(
  db: Database,
  distribution: Distribution,
  mover: Mover,
  {
    message,
    verdict: { reason, until },
    now,
  }: {
    readonly message: Message;
    readonly verdict: Extract<Verdict, { readonly what: "wait" }>;
    readonly now: Instant;
  },
): void {
  setTimer(db, distribution, message.n, until);
  if (message.state === "queued")
    mover.move(message, { by: "engine", state: "queued", reason, at: now });
}
