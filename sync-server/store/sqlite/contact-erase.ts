/**
 * Erasing a person: who they are goes, that something was sent stays. Messages keep their state,
 * times and numbers, without address and name, so no count of any report moves; devices fetch the
 * blocks of these rows again. What is only told apart by its address keeps a hash of it.
 *
 * A message is found by reading all rows, which is done beside the writer: what came since is
 * read again here, in the transaction.
 */
import { maskAddress, type Contact } from "#domain/audience/contact.ts";
import type { AddressKind } from "#domain/campaign/channel.ts";
import type { Instant } from "#domain/core/time.ts";
import type { ContactStore, MessagesOf } from "../contact-store.ts";
import type { Write } from "#domain/sync/decision.ts";
import { addActivity } from "./activity-lines.ts";
import { removeContact } from "./contact-remove.ts";
import { findById } from "./contact-rows.ts";
import type { Database } from "./database.ts";
import { chunkRows } from "./delivery-place.ts";
import { addressHash, keepSuppressed } from "./erased-addresses.ts";
import { publish } from "./feeds.ts";
import { suppressionOf } from "./limits-suppression.ts";
import type { Operations } from "./operation.ts";
import { eraseFromInbox } from "./receipt-inbox.ts";
import { ownOptOut } from "./own-opt-outs.ts";

export const messagesOf: Operations<ContactStore>["messagesOf"] = (db, { workspace, id }) => {
  const known = findById(db, workspace, id);
  return known === null ? [] : readMessages(db, { workspace, contact: known.seq }, []);
};

export const eraseContact: Operations<ContactStore>["eraseContact"] = (
  db,
  { workspace, id, messages: found, by, now },
) => {
  const known = findById(db, workspace, id);
  if (known === null) return null;
  const messages = readMessages(db, { workspace, contact: known.seq }, found);
  const person = { workspace, contact: known.contact, seq: known.seq, messages };
  const addresses = ownAddresses(db, person);
  const suppressed = addresses.filter((of) => keepItSuppressed(db, person, of)).length;
  for (const of of addresses) hashAddress(db, of);
  for (const of of messages) eraseMessages(db, workspace, of);
  const inbound = eraseInbound(db, person, addresses);
  eraseTraces(db, person);
  tellDevices(db, person, now);
  removeContact(db, { workspace, id, now });
  const erased = { messages: countOf(messages), inbound, suppressed };
  const detail = { messages: erased.messages };
  addActivity(db, workspace, { campaignId: null, event: "contact.erased", by, at: now, detail });
  return erased;
};

interface Person {
  readonly workspace: string;
  readonly contact: Contact;
  readonly seq: number;
  readonly messages: readonly MessagesOf[];
}

interface OfAddress {
  readonly workspace: string;
  readonly kind: AddressKind;
  readonly address: string;
}

function countOf(messages: readonly MessagesOf[]): number {
  return messages.reduce((sum, { ns }) => sum + ns.length, 0);
}

/** `found`: what was read before; a distribution that grew since is read again. */
function readMessages(
  db: Database,
  { workspace, contact }: { readonly workspace: string; readonly contact: number },
  found: readonly MessagesOf[],
): readonly MessagesOf[] {
  const before = new Map(found.map((each) => [each.distribution, each]));
  return db
    .all("select seq, ws, total from distribution where workspace = ? order by seq", workspace)
    .map((row): MessagesOf => {
      const [distribution, total] = [Number(row["seq"]), Number(row["total"])];
      const known = before.get(distribution);
      if (known?.total === total) return known;
      const ns = db
        .all(
          "select n from message where ws = ? and distribution = ? and contact = ?",
          Number(row["ws"]),
          distribution,
          contact,
        )
        .map(({ n }) => Number(n));
      return { distribution, total, ns };
    });
}

/** Those that nobody else has: what is noted of a number that others have is about them, too. */
function ownAddresses(db: Database, { workspace, contact, seq }: Person): readonly OfAddress[] {
  return (["email", "phone"] as const).flatMap((kind) => {
    const address = contact[kind];
    if (address === null) return [];
    const other = db.get(
      `select 1 from contact where workspace = ? and ${kind} = ? and seq <> ? limit 1`,
      workspace,
      address,
      seq,
    );
    return other === undefined ? [{ workspace, kind, address }] : [];
  });
}

/** What must not be used, and whoever left by themselves, stays so. */
function keepItSuppressed(db: Database, { workspace, seq }: Person, of: OfAddress): boolean {
  const known =
    suppressionOf(db, of) ??
    ownOptOut(db, { workspace, seq, channel: of.kind === "email" ? "email" : "sms" });
  if (known === null) return false;
  keepSuppressed(db, of, known);
  return true;
}

/** Rules that count by addresses go on counting. */
function hashAddress(db: Database, of: OfAddress): void {
  const { workspace, kind, address } = of;
  const hash = addressHash(db, of);
  const ws = Number(db.get("select seq from workspace where id = ?", workspace)?.["seq"]);
  const own = [workspace, kind, address] as const;
  db.run("delete from suppression where workspace = ? and kind = ? and address = ?", ...own);
  db.run(
    "update suppression_log set address = ?, note = '' where workspace = ? and kind = ? and address = ?",
    hash,
    ...own,
  );
  db.run("delete from unreachable where ws = ? and address = ? and state = 'listed'", ws, address);
  for (const table of ["strike", "outcome", "reached", "unreachable"]) {
    db.run(`update ${table} set address = ? where ws = ? and address = ?`, hash, ws, address);
  }
}

function eraseMessages(db: Database, workspace: string, { distribution, ns }: MessagesOf): void {
  if (ns.length === 0) return;
  const ws = Number(db.get("select ws from distribution where seq = ?", distribution)?.["ws"]);
  const these = "ws = ? and distribution = ? and n in (select value from json_each(?))";
  const own = [ws, distribution, JSON.stringify(ns)] as const;
  db.run(`update message set address = '', name = '' where ${these}`, ...own);
  db.run(`update fallen set address = '' where ${these}`, ...own);
  // A provider's words may repeat the address.
  db.run(`update attempt set words = '' where ${these}`, ...own);
  db.run(`update message_event set properties = '{}' where ${these}`, ...own);
  for (const [k, inChunk] of Map.groupBy(ns, (n) => Math.floor((n - 1) / chunkRows))) {
    db.run(
      `update chunk set ver = ver + 1, erased = erased + ?
        where ws = ? and distribution = ? and k = ?`,
      inChunk.length,
      ws,
      distribution,
      k,
    );
  }
  db.run(
    "update distribution set ver = ver + 1, erased = erased + ? where workspace = ? and seq = ?",
    ns.length,
    workspace,
    distribution,
  );
}

function eraseInbound(
  db: Database,
  { workspace, messages }: Person,
  addresses: readonly OfAddress[],
): number {
  const answered = messages.flatMap(({ distribution, ns }) => ns.map((n) => [distribution, n]));
  return db.run(
    `update inbound set address = '' where workspace = ? and address <> ''
      and (address in (select value from json_each(?))
        or (distribution, n) in (select value ->> 0, value ->> 1 from json_each(?)))`,
    workspace,
    JSON.stringify(addresses.map(({ address }) => address)),
    JSON.stringify(answered),
  );
}

/** Texts that may repeat who they are: rows of files, kept answers, receipts without a message, lines. */
function eraseTraces(db: Database, person: Person): void {
  const { workspace, contact, seq } = person;
  const ofPerson = [contact.email, contact.phone].filter((address) => address !== null);
  for (const address of ofPerson) {
    const own = [workspace, address.toLowerCase()] as const;
    db.run(
      "update import_reject set row = '[]' where workspace = ? and instr(lower(row), ?) > 0",
      ...own,
    );
    db.run(
      "update import_noted set note = '' where workspace = ? and instr(lower(note), ?) > 0",
      ...own,
    );
    db.run("delete from answer where workspace = ? and instr(lower(body), ?) > 0", ...own);
    eraseFromInbox(db, workspace, address);
    for (const column of ["receipt", "said", "words"]) {
      db.run(
        `update unmatched_receipt set ${column} = replace(${column}, ?2, '')
          where workspace = ?1 and instr(${column}, ?2) > 0`,
        workspace,
        address,
      );
    }
  }
  // What their device wrote over is told to it in the verdict.
  db.run(
    `update verdict set verdict = json_set(verdict, '$.lost', json('[]'))
      where workspace = ? and json_type(verdict, '$.lost') = 'array'
        and subject in (select id from sign_up where workspace = ? and contact = ?)`,
    workspace,
    workspace,
    seq,
  );
  eraseLines(db, person);
}

/** Whoever added them at the stand has what was typed on their devices. */
function tellDevices(db: Database, { workspace, seq }: Person, now: Instant): void {
  const rows = db.all(
    "select id, by from sign_up where workspace = ? and contact = ? order by id",
    workspace,
    seq,
  );
  const writes = rows.map((row): Write => {
    const [id, user] = [String(row["id"]), String(row["by"])];
    return { kind: "erasedSignUp", id, doc: { id, user } };
  });
  if (writes.length > 0) publish(db, workspace, writes, now);
}

/** Lines of the activity name whom a campaign left out, and who unsubscribed. */
function eraseLines(db: Database, { workspace, contact, messages }: Person): void {
  const name = `${contact.firstName} ${contact.lastName}`.trim();
  const masks = (["email", "phone"] as const).flatMap((kind) =>
    contact[kind] === null ? [] : [maskAddress(contact[kind], kind)],
  );
  const words = [...masks, ...(name === "" ? [] : [name])].map((each) =>
    JSON.stringify(each).slice(1, -1),
  );
  const own = messages.filter(({ ns }) => ns.length > 0).map(({ distribution }) => distribution);
  for (const word of words) {
    db.run(
      `update activity set detail = replace(detail, ?1, '…') where workspace = ?2
        and event like 'engine.%' and instr(detail, ?1) > 0 and campaign in (
          select d.campaign from distribution d where d.seq in (select value from json_each(?3)))`,
      word,
      workspace,
      JSON.stringify(own),
    );
  }
}
