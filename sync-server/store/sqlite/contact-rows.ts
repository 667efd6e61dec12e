/** Rows of `contact`: reading them, writing them, finding who a row of a file is. */
import { cityKey } from "#domain/audience/city.ts";
import type { Contact } from "#domain/audience/contact.ts";
import type { ImportedContact } from "#domain/audience/import.ts";
import type { Database, Row, Value } from "./database.ts";
import { recallSuppressions } from "./erased-addresses.ts";

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

export function findBySeq(db: Database, workspace: string, seq: number): Known | null {
  return one(
    db.get(`select ${columns} from contact where workspace = ? and seq = ?`, workspace, seq),
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

/** What was heard replaces what was known; where it is silent, what was known stays. */
export function mergeFacts(
  was: Contact,
  heard: Omit<Contact, "id" | "email" | "createdAt" | "updatedAt">,
): Contact {
  return {
    ...was,
    phone: heard.phone ?? was.phone,
    firstName: heard.firstName || was.firstName,
    lastName: heard.lastName || was.lastName,
    country: heard.country || was.country,
    city: heard.city || was.city,
    timeZone: heard.timeZone || was.timeZone,
    fields: { ...was.fields, ...heard.fields },
  };
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
  recallSuppressions(db, workspace, contact);
  return Number(row?.["seq"]);
}

export function updateContact(db: Database, seq: number, contact: Contact): void {
  const row = db.get(
    `update contact set email = ?, phone = ?, first_name = ?, last_name = ?, country = ?, city = ?,
       time_zone = ?, fields = ?, city_key = ?, search_key = ?, updated_at = ?, rev = rev + 1
      where seq = ? returning workspace`,
    ...valuesOf(contact),
    seq,
  );
  if (row !== undefined) recallSuppressions(db, String(row["workspace"]), contact);
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
