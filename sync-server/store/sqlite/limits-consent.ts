/** Everybody who has an address leaves a channel, or comes back: a number may be a family's. */
import type { ConsentChannel } from "#domain/audience/contact.ts";
import { addressKindOf } from "#domain/campaign/channel.ts";
import type { Instant } from "#domain/core/time.ts";
import { recordConsent } from "./contact-consents.ts";
import type { Database } from "./database.ts";
import type { Place } from "./delivery-place.ts";

export interface Said {
  readonly workspace: string;
  readonly channel: ConsentChannel;
  readonly address: string;
  readonly granted: boolean;
  /** When they said so, and where. */
  readonly at: Instant;
  readonly source: string;
  readonly now: Instant;
}

/** Notes it for each contact with the address; answers how many there are. */
export function sayForAddress(db: Database, said: Said): number {
  const seqs = contactsOf(db, said);
  for (const seq of seqs) sayForContact(db, seq, said);
  return seqs.length;
}

export function sayForContact(db: Database, seq: number, said: Said): void {
  const { workspace, channel, granted, source, now } = said;
  const at = granted ? said.at : leftAt(db, seq, said);
  recordConsent(db, { workspace, seq, now }, { channel, granted, at, source });
}

/** A consent that is dated later than now was noted under another clock: who leaves, leaves after it. */
function leftAt(db: Database, seq: number, { workspace, channel, at, now }: Said): Instant {
  const row = db.get(
    "select at from consent where workspace = ? and contact = ? and channel = ?",
    workspace,
    seq,
    channel,
  );
  const known = Number(row?.["at"] ?? 0);
  return known > now ? known : at;
}

/** The address that a message went to; "" when there is no such message. */
export function addressOf(db: Database, { ws, seq }: Place, n: number): string {
  const row = db.get(
    "select address from message where ws = ? and distribution = ? and n = ?",
    ws,
    seq,
    n,
  );
  return row === undefined ? "" : String(row["address"]);
}

export function contactsOf(
  db: Database,
  { workspace, channel, address }: Pick<Said, "workspace" | "channel" | "address">,
): readonly number[] {
  const column = addressKindOf[channel];
  return db
    .all(`select seq from contact where workspace = ? and ${column} = ?`, workspace, address)
    .map((row) => Number(row["seq"]));
}

/** Gives back what a rule of ours took, to whoever said nothing else since. */
export function giveBack(
  db: Database,
  said: Omit<Said, "granted" | "at"> & { readonly takenBy: string },
): void {
  for (const seq of contactsOf(db, said)) {
    const row = db.get(
      "select source, at from consent where workspace = ? and contact = ? and channel = ?",
      said.workspace,
      seq,
      said.channel,
    );
    if (row?.["source"] !== said.takenBy) continue;
    // Later than what it gives back, whatever the clock says.
    const at = Math.max(said.now, Number(row["at"]) + 1);
    sayForContact(db, seq, { ...said, granted: true, at });
  }
}
