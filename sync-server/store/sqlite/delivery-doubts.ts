/**
 * How old the keys of messages in doubt are. A provider that forgets keys after some time acts
 * again on an older one: a repeat is then held for the time in which proof may come, and after
 * that the account's policy says what becomes of it, as where no key is honoured.
 */
import { resolveWindowOf } from "#domain/campaign/account.ts";
import { minuteMs, type Instant } from "#domain/core/time.ts";
import type { Database } from "./database.ts";
import type { Message } from "./delivery-moves.ts";
import { accountOf, type Distribution } from "./delivery-rows.ts";

/** A key that its provider has forgotten. */
export interface OldKey {
  /** Until when proof is waited for. */
  readonly heldUntil: Instant;
  /** A person asked for another try in spite of the doubt. */
  readonly isWanted: boolean;
}

/** The first call may have arrived so much before its end, and the repeat arrives so much later. */
const marginMs = minuteMs;

/** null: a repeat acts once, or it never would have. */
export type OldKeyOf = (message: Pick<Message, "n" | "gen" | "state">) => OldKey | null;

export function createOldKeys(db: Database, distribution: Distribution, now: Instant): OldKeyOf {
  const { ws, seq, keyRetentionMs } = distribution;
  if (keyRetentionMs === null) return () => null;
  let windowMs: number | null = null;
  return ({ n, gen, state }) => {
    if (state !== "ambiguous") return null;
    const row = db.get(
      "select since, wanted from doubt where ws = ? and distribution = ? and n = ? and gen = ?",
      ws,
      seq,
      n,
      gen,
    );
    if (row === undefined) return null;
    const since = Number(row["since"]);
    if (!isForgotten(distribution, since, now)) return null;
    windowMs ??= resolveWindowOf(accountOf(db, distribution));
    const heldUntil = forgottenAt(keyRetentionMs, since) + windowMs;
    return { heldUntil, isWanted: row["wanted"] === 1 };
  };
}

/** Whether a key that was first used then is one that its provider has forgotten. */
export function isForgotten(
  { keyRetentionMs }: Pick<Distribution, "keyRetentionMs">,
  since: Instant,
  now: Instant,
): boolean {
  return keyRetentionMs !== null && now >= forgottenAt(keyRetentionMs, since);
}

function forgottenAt(keyRetentionMs: number, since: Instant): Instant {
  return since + Math.max(0, keyRetentionMs - marginMs);
}
