/**
 * Addresses of people who were erased: known by their hash alone, salted with a secret of this
 * database. One that must not be used stays so: as soon as a contact has it again, from an old
 * file or by a sign-up, its suppression is in force before any consent is heard.
 */
import { createHmac } from "node:crypto";
import type { Contact } from "#domain/audience/contact.ts";
import type { AddressKind } from "#domain/campaign/channel.ts";
import { suppressionReasons, type Suppression } from "#domain/limits/suppression.ts";
import type { Database } from "./database.ts";
import { addSuppression } from "./limits-suppression.ts";

interface OfAddress {
  readonly workspace: string;
  readonly kind: AddressKind;
  readonly address: string;
}

/** What stands for the address wherever something has to be told apart by it. No address begins so. */
export function addressHash(db: Database, { workspace, kind, address }: OfAddress): string {
  const salt = String(db.get("select value from meta where key = 'address_salt'")?.["value"]);
  const hash = createHmac("sha256", salt).update(`${workspace} ${kind} ${address}`);
  return `#${hash.digest("hex")}`;
}

export function isHash(address: string): boolean {
  return address.startsWith("#");
}

type Kept = Pick<Suppression, "reason" | "source" | "at" | "until" | "campaignId">;

export function keepSuppressed(db: Database, of: OfAddress, kept: Kept): void {
  const { reason, source, at, until, campaignId } = kept;
  db.run(
    "insert into erased_address values (?, ?, ?, ?, ?, ?, ?) on conflict do nothing",
    of.workspace,
    addressHash(db, of),
    reason,
    source,
    at,
    until,
    campaignId,
  );
}

/** Before anything else is heard of a contact who has these addresses now. */
export function recallSuppressions(
  db: Database,
  workspace: string,
  { email, phone, updatedAt }: Pick<Contact, "email" | "phone" | "updatedAt">,
): void {
  // Nearly every workspace has none: a file of a million rows is not hashed for nothing.
  if (db.get("select 1 from erased_address where workspace = ? limit 1", workspace) === undefined)
    return;
  const addresses = { email, phone } as const satisfies Record<AddressKind, string | null>;
  for (const kind of ["email", "phone"] as const) {
    const address = addresses[kind];
    if (address !== null) recall(db, { workspace, kind, address }, updatedAt);
  }
}

function recall(db: Database, of: OfAddress, now: number): void {
  const row = db.get(
    `delete from erased_address where workspace = ? and hash = ?
      returning reason, source, at, until, campaign`,
    of.workspace,
    addressHash(db, of),
  );
  const reason = suppressionReasons.find((each) => each === row?.["reason"]);
  if (row === undefined || reason === undefined) return;
  const until = row["until"] === null ? null : Number(row["until"]);
  const campaignId = typeof row["campaign"] === "string" ? row["campaign"] : null;
  const suppression = { ...of, reason, source: String(row["source"]), at: Number(row["at"]) };
  addSuppression(db, of.workspace, { ...suppression, note: "", until, by: null, campaignId }, now);
}
