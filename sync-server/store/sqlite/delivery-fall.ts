/**
 * From the campaign's own channel to the one that it falls back to: only after the first send
 * failed for good, or could not be begun, so that nobody is written to by both on a mere doubt.
 * Whoever may not be written to by the second channel stays as the first one left them; what is
 * decided here is decided again by the intent that begins the send.
 */
import type { Instant } from "#domain/core/time.ts";
import { fallbackChannel, fallsBack } from "#domain/campaign/fallback.ts";
import { isLive } from "#domain/campaign/live.ts";
import { reasonOf } from "#domain/message/reason.ts";
import { resendWithinMs } from "#domain/message/retry.ts";
import type { Database, Row } from "./database.ts";
import type { Message, Mover } from "./delivery-moves.ts";
import { campaignOf, setTimer, type Distribution } from "./delivery-rows.ts";
import { fallenOf } from "./fallen.ts";

/** Sends a text message in place of this one where that may be done. Answers whether it does. */
export type Faller = (message: Message, dueAt?: Instant) => boolean;

export function createFaller(
  db: Database,
  distribution: Distribution,
  mover: Mover,
  now: Instant,
): Faller {
  if (!distribution.fallsBack) return () => false;
  let lastAt: Instant | null = null;
  return (message, dueAt = now) => {
    const reason = reasonOf(message.reason);
    if (!fallsBack(reason) || fallenOf(db, distribution, message.n) !== null) return false;
    lastAt ??= lastFallAt(db, distribution);
    if (dueAt > lastAt) return false;
    const person = reachable(db, distribution, message.n, now);
    if (person === undefined) return false;
    const [contact, address] = [Number(person["seq"]), String(person["phone"])];
    if (isTaken(db, distribution, { contact, address })) return false;
    const fallen = mover.fall(message, { contact, address, reason, at: now });
    if (fallen !== null) setTimer(db, distribution, message.n, dueAt);
    return fallen !== null;
  };
}

/** A text message days after a launch is news to nobody; what is live launches people one by one. */
function lastFallAt(db: Database, { workspace, campaign: id, createdAt }: Distribution): Instant {
  const campaign = campaignOf(db, workspace, id);
  if (campaign === null) return -Infinity;
  const usual = isLive(campaign) ? Infinity : createdAt + resendWithinMs;
  return Math.min(usual, (campaign.validUntil ?? Infinity) - 1);
}

/** The recipient of a message, where text messages may be sent to them at this moment. */
function reachable(
  db: Database,
  { workspace, ws, seq }: Distribution,
  n: number,
  now: Instant,
): Row | undefined {
  return db.get(
    `select c.seq, c.phone from message m join contact c on c.seq = m.contact and c.workspace = ?1
       join consent s on s.workspace = ?1 and s.contact = c.seq and s.channel = ?2 and s.granted = 1
      where m.ws = ?3 and m.distribution = ?4 and m.n = ?5 and c.phone <> ''
        and not exists (select 1 from suppression x where x.workspace = ?1 and x.kind = 'phone'
          and x.address = c.phone and (x.until is null or x.until > ?6))`,
    workspace,
    fallbackChannel,
    ws,
    seq,
    n,
    now,
  );
}

/** Two people with one number get one text message. */
function isTaken(
  db: Database,
  { workspace, ws, seq }: Distribution,
  { contact, address }: { readonly contact: number; readonly address: string },
): boolean {
  const row = db.get(
    `select 1 from contact c join fallen f on f.ws = ? and f.distribution = ? and f.contact = c.seq
      where c.workspace = ? and c.phone = ? and c.seq <> ? limit 1`,
    ws,
    seq,
    workspace,
    address,
    contact,
  );
  return row !== undefined;
}
