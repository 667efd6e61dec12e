/** Rows of `contact` and `consent`: reading them, writing them, finding who a row of a file is. */
import { cityKey } from "#domain/audience/city.ts";
import { consentChannels, consentWins, type Consent } from "#domain/audience/contact.ts";
import type { Contact } from "#domain/audience/contact.ts";
import type { ImportedContact, StatedConsent } from "#domain/audience/import.ts";
import type { Instant } from "#domain/core/time.ts";
import type { ContactRecord } from "../contact-store.ts";
import type { Database, Row, Value } from "./database.ts";

const columns =
  "seq, id, email, phone, first_name, last_name, country, city, time_zone, fields, created_at, updated_at";

/** A contact with the short number that other tables refer to. */
export interface Known {
  readonly seq: number;
  readonly contact: Contact;
}

export function findById(db: Database, workspace: string, id: string): Known | null {
  return one(
    db.get(`select ${columns} from contact where workspace = ? and id = ?`, workspace, id),
  );
}

export function findByEmail(db: Database, workspace: string, email: string): Known | null {
  return one(
    db.get(`select ${columns} from contact where workspace = ? and email = ?`, workspace, email),
  );
}

/** Whom a row of a file means: see contact-store.ts. */
export function findImported(
  db: Database,
  workspace: string,
  { email, phone }: Pick<ImportedContact, "email" | "phone">,
): Known | null {
  if (email !== null) return findByEmail(db, workspace, email);
  return one(
    db.get(
      `select ${columns} from contact
        where workspace = ? and phone = ? and email is null order by seq limit 1`,
      workspace,
      phone,
    ),
  );
}

interface Search {
  readonly q: string;
  readonly seesAddresses: boolean;
  readonly before: number;
  readonly limit: number;
}

/** Newest first, from before a number on. */
export function findMany(
  db: Database,
  workspace: string,
  { q, seesAddresses, before, limit }: Search,
): readonly Known[] {
  const searched = seesAddresses ? "search_key" : namesOfKey;
  return db
    .all(
      `select ${columns} from contact
        where workspace = ? and seq < ? and (? = '' or instr(${searched}, ?) > 0)
        order by seq desc limit ?`,
      workspace,
      before,
      folded(q),
      folded(q),
      limit,
    )
    .map(known);
}

/** In the key, names and city come first, then this, then the addresses, which not everybody may see. */
const keyMark = "\n";
const namesOfKey = "substr(search_key, 1, instr(search_key, char(10)) - 1)";

export function insertContact(db: Database, workspace: string, contact: Contact): number {
  const row = db.get(
    `insert into contact (workspace, id, created_at, email, phone, first_name, last_name, country,
       city, time_zone, fields, city_key, search_key, updated_at)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) returning seq`,
    workspace,
    contact.id,
    contact.createdAt,
    ...valuesOf(contact),
  );
  return Number(row?.["seq"]);
}

export function updateContact(db: Database, seq: number, contact: Contact): void {
  db.run(
    `update contact set email = ?, phone = ?, first_name = ?, last_name = ?, country = ?, city = ?,
       time_zone = ?, fields = ?, city_key = ?, search_key = ?, updated_at = ? where seq = ?`,
    ...valuesOf(contact),
    seq,
  );
}

function valuesOf(contact: Contact): readonly Value[] {
  const { email, phone, firstName, lastName, country, city, timeZone } = contact;
  const names = folded([firstName, lastName, city].join(" ")).replaceAll(keyMark, " ");
  const addresses = `${email ?? ""} ${phone ?? ""}`;
  return [
    email,
    phone,
    firstName,
    lastName,
    country,
    city,
    timeZone,
    JSON.stringify(contact.fields),
    cityKey(city),
    names + keyMark + addresses,
    contact.updatedAt,
  ];
}

/** As names are looked for: without case, in every script. */
function folded(text: string): string {
  return text.normalize("NFC").trim().toLowerCase();
}

function one(row: Row | undefined): Known | null {
  return row === undefined ? null : known(row);
}

function known(row: Row): Known {
  return {
    seq: Number(row["seq"]),
    contact: {
      id: String(row["id"]),
      email: textOrNull(row["email"]),
      phone: textOrNull(row["phone"]),
      firstName: String(row["first_name"]),
      lastName: String(row["last_name"]),
      country: String(row["country"]),
      city: String(row["city"]),
      timeZone: String(row["time_zone"]),
      fields: JSON.parse(String(row["fields"])),
      createdAt: Number(row["created_at"]),
      updatedAt: Number(row["updated_at"]),
    },
  };
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

/** The contact with what it allows now. */
export function withConsents(
  db: Database,
  workspace: string,
  { seq, contact }: Known,
): ContactRecord {
  const rows = db.all(
    "select channel, granted, at, source from consent where workspace = ? and contact = ? order by channel",
    workspace,
    seq,
  );
  return { contact, consents: rows.map((row) => consentOf(row, contact.id)) };
}

/** Everything that was ever said, newest first. */
export function consentLog(
  db: Database,
  workspace: string,
  { seq, contact }: Known,
): readonly Consent[] {
  return db
    .all(
      `select channel, granted, at, source from consent_log
        where workspace = ? and contact = ? order by at desc, seq desc`,
      workspace,
      seq,
    )
    .map((row) => consentOf(row, contact.id));
}

function consentOf(row: Row, contactId: string): Consent {
  const channel = consentChannels.find((each) => each === row["channel"]);
  if (channel === undefined) throw new Error(`no channel of consent: ${String(row["channel"])}`);
  return {
    contactId,
    channel,
    granted: row["granted"] === 1,
    at: Number(row["at"]),
    source: String(row["source"]),
  };
}

/** Whose consent it is, and when we hear of it. */
interface Heard {
  readonly workspace: string;
  readonly seq: number;
  readonly now: Instant;
}

/** Logs what a person said, once, and lets it count when it is the latest word. */
export function recordConsent(db: Database, heard: Heard, said: StatedConsent): void {
  const row = db.get(
    "select granted, at from consent where workspace = ? and contact = ? and channel = ?",
    heard.workspace,
    heard.seq,
    said.channel,
  );
  if (row === undefined) {
    recordFirstConsent(db, heard, said);
    return;
  }
  const key = keyOf(heard, said);
  if (isLogged(db, key)) return;
  logConsent(db, key, heard.now);
  if (!consentWins(said, { granted: row["granted"] === 1, at: Number(row["at"]) })) return;
  db.run(
    `update consent set granted = ?, at = ?, source = ?
      where workspace = ? and contact = ? and channel = ?`,
    said.granted ? 1 : 0,
    said.at,
    said.source,
    heard.workspace,
    heard.seq,
    said.channel,
  );
}

/** The same of somebody who never said a word on the channel: nothing needs to be looked up. */
export function recordFirstConsent(db: Database, heard: Heard, said: StatedConsent): void {
  const key = keyOf(heard, said);
  logConsent(db, key, heard.now);
  db.run(
    "insert into consent (workspace, contact, channel, granted, at, source) values (?, ?, ?, ?, ?, ?)",
    ...key,
  );
}

function keyOf(
  { workspace, seq }: Heard,
  { channel, granted, at, source }: StatedConsent,
): readonly Value[] {
  return [workspace, seq, channel, granted ? 1 : 0, at, source];
}

function logConsent(db: Database, key: readonly Value[], now: Instant): void {
  db.run(
    `insert into consent_log (workspace, contact, channel, granted, at, source, recorded_at)
     values (?, ?, ?, ?, ?, ?, ?)`,
    ...key,
    now,
  );
}

function isLogged(db: Database, key: readonly Value[]): boolean {
  return (
    db.get(
      `select 1 from consent_log where workspace = ? and contact = ? and channel = ?
        and granted = ? and at = ? and source = ?`,
      ...key,
    ) !== undefined
  );
}
