/** Sign-ups as decide looks at them, and which contact each is. */
import type { ConsentChannel } from "#domain/audience/contact.ts";
import type { SignUp, SignUpConsent } from "#domain/audience/sign-up.ts";
import { consentOf } from "./contact-consents.ts";
import { findById, findBySeq, type Known } from "./contact-rows.ts";
import type { Database } from "./database.ts";

/**
 * The contact that a device means by an id of its own making. The id of any other contact is known
 * too, as nobody's: nothing can be added under it, and only a withdrawal is taken.
 */
export function readSignUp(db: Database, workspace: string, id: string): SignUp | null {
  const row = db.get(
    "select contact, by, at from sign_up where workspace = ? and id = ?",
    workspace,
    id,
  );
  const known =
    row === undefined
      ? findById(db, workspace, id)
      : findBySeq(db, workspace, Number(row["contact"]));
  if (known === null) return null;
  const { firstName, lastName, email, phone, country, createdAt, updatedAt } = known.contact;
  return {
    id,
    rev: revOf(db, known),
    firstName,
    lastName,
    email,
    phone,
    country,
    sealed: [],
    consents: consentsOf(db, workspace, known),
    addedBy: row === undefined ? "" : String(row["by"]),
    addedAt: row === undefined ? createdAt : Number(row["at"]),
    updatedAt,
  };
}

/** Whom the sign-up means; null when the contact was deleted. */
export function contactOfSignUp(db: Database, workspace: string, id: string): Known | null {
  const row = db.get("select contact from sign_up where workspace = ? and id = ?", workspace, id);
  return row === undefined
    ? findById(db, workspace, id)
    : findBySeq(db, workspace, Number(row["contact"]));
}

function revOf(db: Database, { seq }: Known): number {
  return Number(db.get("select rev from contact where seq = ?", seq)?.["rev"]);
}

function consentsOf(
  db: Database,
  workspace: string,
  { seq, contact }: Known,
): Partial<Record<ConsentChannel, SignUpConsent>> {
  const rows = db.all(
    "select channel, granted, at, source from consent where workspace = ? and contact = ?",
    workspace,
    seq,
  );
  return Object.fromEntries(
    rows.map((row) => {
      const { channel, granted, at } = consentOf(row, contact.id);
      return [channel, { granted, at, text: null, how: null }];
    }),
  );
}
