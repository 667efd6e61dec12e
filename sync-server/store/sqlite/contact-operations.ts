/** The promise of contact-store.ts over SQLite. */
import type { Audience } from "#domain/audience/audience.ts";
import { consentChannels } from "#domain/audience/contact.ts";
import { addressKindOf, type AddressKind } from "#domain/campaign/channel.ts";
import type { Write } from "#domain/sync/decision.ts";
import type { AudienceCount, ContactStore } from "../contact-store.ts";
import { audienceWhere, reachableWhere } from "./audience-sql.ts";
import { eraseContact, messagesOf } from "./contact-erase.ts";
import { consentLog, withConsents } from "./contact-consents.ts";
import { importOperations } from "./contact-import.ts";
import { readDocument } from "./contact-lists.ts";
import { removeContact } from "./contact-remove.ts";
import { findByEmail, findById, findMany, insertContact, updateContact } from "./contact-rows.ts";
import type { Database } from "./database.ts";
import { publish } from "./feeds.ts";
import type { Operations, PartOperations } from "./operation.ts";
import { recordNoted } from "./own-opt-outs.ts";

type Args<M extends keyof ContactStore> = Parameters<ContactStore[M]>[0];

const operations: Operations<ContactStore> = {
  ...importOperations,
  contact: (db, { workspace, id }) => {
    const known = findById(db, workspace, id);
    return known === null ? null : withConsents(db, workspace, known);
  },
  contacts: (db, { workspace, q, seesAddresses, before, limit }) => {
    const from = before ?? Number.MAX_SAFE_INTEGER;
    const found = findMany(db, workspace, { q, seesAddresses, before: from, limit: limit + 1 });
    const page = found.slice(0, limit);
    return {
      items: page.map((known) => withConsents(db, workspace, known)),
      next: found.length > limit ? (page.at(-1)?.seq ?? null) : null,
    };
  },
  addContact: (db, args) => addContact(db, args),
  changeContact: (db, args) => changeContact(db, args),
  removeContact: (db, args) => removeContact(db, args),
  messagesOf,
  eraseContact,
  addConsent: (db, { workspace, id, consent, now }) => {
    const known = findById(db, workspace, id);
    if (known === null) return "gone";
    return recordNoted(db, { workspace, seq: known.seq, now }, consent) ? "noted" : "opted_out";
  },
  consentLog: (db, { workspace, id }) => {
    const known = findById(db, workspace, id);
    return known === null ? [] : consentLog(db, workspace, known);
  },
  countAudience: (db, args) => countAudience(db, args),
  noteCounts: (db, args) => noteCounts(db, args),
};

export const contactOperations: PartOperations<ContactStore> = {
  reads: ["rejects", "contact", "contacts", "consentLog", "countAudience", "messagesOf"],
  operations,
};

function addContact(
  db: Database,
  { workspace, contact, consents, now }: Args<"addContact">,
): boolean {
  if (contact.email !== null && findByEmail(db, workspace, contact.email) !== null) return false;
  const seq = insertContact(db, workspace, contact);
  for (const consent of consents) recordNoted(db, { workspace, seq, now }, consent);
  return true;
}

function changeContact(
  db: Database,
  { workspace, id, change, now }: Args<"changeContact">,
): "changed" | "taken" | "gone" {
  const known = findById(db, workspace, id);
  if (known === null) return "gone";
  const contact = { ...known.contact, ...change, updatedAt: now };
  const holder = contact.email === null ? null : findByEmail(db, workspace, contact.email);
  if (holder !== null && holder.seq !== known.seq) return "taken";
  updateContact(db, known.seq, contact);
  return "changed";
}

function countAudience(
  db: Database,
  { workspace, rule, now }: Args<"countAudience">,
): AudienceCount {
  const meant = audienceWhere(rule);
  const [email, sms] = consentChannels.map((channel) => ({
    ...reachableWhere(channel),
    kind: addressKindOf[channel],
  }));
  if (email === undefined || sms === undefined) throw new Error("a channel of consent is missing");
  const row = db.get(
    `select count(*) as n,
        count(*) filter (where ${email.sql} and ${usable("email")}) as email,
        count(*) filter (where ${sms.sql} and ${usable("phone")}) as sms
      from contact where workspace = ? and ${meant.sql}`,
    ...email.values,
    now,
    ...sms.values,
    now,
    workspace,
    ...meant.values,
  );
  return {
    count: Number(row?.["n"]),
    reachable: { email: Number(row?.["email"]), sms: Number(row?.["sms"]) },
  };
}

/** The address may be used at the moment of the question mark. */
function usable(kind: AddressKind): string {
  return `not exists (select 1 from suppression
    where suppression.workspace = contact.workspace and suppression.kind = '${kind}'
      and suppression.address = contact.${kind}
      and (suppression.until is null or suppression.until > ?))`;
}

function noteCounts(
  db: Database,
  { workspace, counted, now }: Args<"noteCounts">,
): readonly Audience[] {
  const docs = counted.flatMap(({ id, rule, count, reachable }): Audience[] => {
    const text = readDocument(db, workspace, "audience", id);
    if (text === null) return [];
    const known: Audience = JSON.parse(text);
    if (JSON.stringify(known.rule) !== JSON.stringify(rule)) return [];
    return [{ ...known, count, reachable, countedAt: now }];
  });
  const writes = docs.map((doc): Write => ({ kind: "audience", id: doc.id, doc }));
  if (writes.length > 0) publish(db, workspace, writes, now);
  return docs;
}
