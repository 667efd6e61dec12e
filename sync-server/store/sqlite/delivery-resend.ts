/** Sending again by ourselves what had failed, by the ladder of its reason and with a new key. */
import { reasonOf } from "#domain/message/reason.ts";
import { resendDelayMs, resendWithinMs } from "#domain/message/retry.ts";
import type { Instant } from "#domain/core/time.ts";
import type { Resending } from "../delivery-store.ts";
import type { Database } from "./database.ts";
import { createFaller } from "./delivery-fall.ts";
import type { Message, Mover } from "./delivery-moves.ts";
import { campaignOf, phaseOf, setTimer, type Distribution } from "./delivery-rows.ts";

/** Looks at each message that something was heard of; what failed may go back into the queue. */
export type Resender = (message: Message) => void;

/** Only while the campaign is at work, not too long after its launch, and before its end. */
export function createResender(
  db: Database,
  distribution: Distribution,
  mover: Mover,
  { resend, now }: { readonly resend: Resending | null; readonly now: Instant },
): Resender {
  if (resend === null || !isAtWork(phaseOf(db, distribution))) return () => undefined;
  const fallBack = createFaller(db, distribution, mover, now);
  const sendAgain = createLadder(db, distribution, mover, { resend, now });
  return (message) => {
    if (message.state !== "failed" && message.state !== "undelivered") return;
    // What may still arrive by its own channel is tried there first.
    if (!sendAgain(message)) fallBack(message);
  };
}

/** Answers whether it goes out again by the same way. */
function createLadder(
  db: Database,
  distribution: Distribution,
  mover: Mover,
  { resend, now }: { readonly resend: Resending; readonly now: Instant },
): (message: Message) => boolean {
  let lastAt: Instant | null = null;
  return (message) => {
    const reason = reasonOf(message.reason);
    const delayMs = resendDelayMs({ reason, gen: message.gen });
    if (delayMs === null) return false;
    const at = now + Math.ceil(delayMs * resend.scale);
    lastAt ??= lastResendAt(db, distribution);
    if (at > lastAt) return false;
    const gen = message.gen + 1;
    mover.move(message, {
      by: "engine",
      state: "queued",
      reason,
      at: now,
      gen,
      try: 0,
      isResend: true,
    });
    setTimer(db, distribution, message.n, at);
    return true;
  };
}

/** Whoever is past the campaign's end would be skipped, and what failed must stay failed. */
function lastResendAt(db: Database, distribution: Distribution): Instant {
  const { workspace, campaign, createdAt } = distribution;
  const validUntil = campaignOf(db, workspace, campaign)?.validUntil ?? Infinity;
  return Math.min(createdAt + resendWithinMs, validUntil - 1);
}

function isAtWork(phase: string | null): boolean {
  return phase === "active" || phase === "paused" || phase === "settling";
}
