/** Removing a contact: what lets them be written to goes, and what was sent to them stays. */
import type { ContactStore } from "../contact-store.ts";
import { leaveLists } from "./contact-lists.ts";
import { findById } from "./contact-rows.ts";
import type { Database } from "./database.ts";
import { publish } from "./feeds.ts";

type Args<M extends keyof ContactStore> = Parameters<ContactStore[M]>[0];

export function removeContact(
  db: Database,
  { workspace, id, now }: Args<"removeContact">,
): boolean {
  const known = findById(db, workspace, id);
  if (known === null) return false;
  db.run("delete from consent where workspace = ? and contact = ?", workspace, known.seq);
  db.run("delete from happening where workspace = ? and contact = ?", workspace, known.seq);
  db.run("delete from sign_up where workspace = ? and contact = ?", workspace, known.seq);
  // The proof stays; what shows the person, and what would let them be written to, goes.
  db.run(
    `update consent_evidence set signature = null,
       state = case state when 'review' then 'declined' else state end
      where workspace = ? and contact = ?`,
    workspace,
    known.seq,
  );
  db.run("delete from contact where seq = ?", known.seq);
  const left = leaveLists(db, workspace, known.seq);
  if (left.length > 0) publish(db, workspace, left, now);
  return true;
}
