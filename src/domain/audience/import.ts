/**
 * The rule by which rows of a file become contacts. Pure: the browser's preview and the server's
 * import run it and cannot disagree.
 *
 * 1. A row that cannot be read (quotes, encoding, number of columns) is turned away.
 * 2. Cells are trimmed, and line breaks and control characters in names and city become spaces. The e-mail address is checked and put in lower case; the phone number is
 *    read with the row's country as default and written as E.164.
 * 3. Without any address the row is turned away; with no good one, too. One good address is
 *    enough: the bad one is left out, which is noted.
 * 4. An e-mail address that an earlier accepted row had is turned away: the first row is kept.
 *    Phone numbers may be shared.
 * 5. A consent counts only with a good address of its channel, and only when the cell clearly says
 *    yes or no. Its time is the row's, or the import's when it has none or one in the future; its
 *    source is the row's, or the file. What cannot be read of it is noted; the row is taken.
 * 6. A time zone or country that nobody knows is kept as a field, as it was written; of the zone it
 *    is noted, as it decides when they are written to.
 * 7. Every other text stays the text it is.
 */
import { toPlainName } from "../core/name.ts";
import type { Instant } from "../core/time.ts";
import { isZone } from "../schedule/wall-time.ts";
import { parseAnswer, parseMoment } from "./answer.ts";
import { consentChannels, type ConsentChannel } from "./contact.ts";
import { parseCountry } from "./country.ts";
import type { CsvRow } from "./csv-reader.ts";
import { parseEmail } from "./email.ts";
import type { ImportNote } from "./import-note.ts";
import type { Mapping, Target } from "./mapping.ts";
import { reject, type Reject, type RejectReason } from "./reject.ts";
import { createSeen } from "./seen.ts";

/** A phone number as E.164, read with a country as default ("" for none); null when it is none. */
export type ParsePhone = (text: string, country: string) => string | null;

/** A consent that a row states. */
export interface StatedConsent {
  readonly channel: ConsentChannel;
  readonly granted: boolean;
  readonly at: Instant;
  readonly source: string;
}

/** What an accepted row says of a person; "" and null where it says nothing. */
export interface ImportedContact {
  readonly line: number;
  readonly email: string | null;
  readonly phone: string | null;
  readonly firstName: string;
  readonly lastName: string;
  readonly country: string;
  readonly city: string;
  readonly timeZone: string;
  readonly fields: Readonly<Record<string, string>>;
  /** At most one for each channel. */
  readonly consents: readonly StatedConsent[];
  /** The address that was left out because it is none. */
  readonly dropped: "email" | "phone" | null;
  /** What of it was not understood. */
  readonly notes: readonly ImportNote[];
}

export type Imported =
  | { readonly ok: true; readonly contact: ImportedContact }
  | { readonly ok: false; readonly reject: Reject };

export interface ImporterOptions {
  readonly heading: readonly string[];
  readonly mapping: Mapping;
  readonly fileName: string;
  readonly now: Instant;
  readonly parsePhone: ParsePhone;
}

/** Takes the rows of one file in order; it remembers which e-mail addresses it met. */
export interface Importer {
  take(row: CsvRow): Imported;
}

export function createImporter(options: ImporterOptions): Importer {
  const seen = createSeen();
  const columns = placesOf(options.mapping);
  const others = otherColumns(options);
  return {
    take: (row) => {
      const unreadable = unreadableBecause(row, options.heading.length);
      if (unreadable !== null) return { ok: false, reject: reject(unreadable, row) };
      const cell = (target: Target): string => {
        const place = columns[target];
        return place === undefined ? "" : (row.cells[place] ?? "").trim();
      };
      const contact = readContact(cell, row, options);
      if (typeof contact === "string") return { ok: false, reject: reject(contact, row) };
      if (contact.email !== null && !seen.add(contact.email))
        return { ok: false, reject: reject("duplicate_email", row) };
      const texts = others.map(
        ({ index, name }) => [name, (row.cells[index] ?? "").trim()] as const,
      );
      const fields = {
        ...contact.fields,
        ...Object.fromEntries(texts.filter(([, text]) => text !== "")),
      };
      return { ok: true, contact: { ...contact, fields } };
    },
  };
}

interface OtherColumn {
  readonly index: number;
  readonly name: string;
}

/** The columns that are kept as they are, each under a name of its own. */
function otherColumns({ heading, mapping }: ImporterOptions): readonly OtherColumn[] {
  const taken = new Set<string>();
  return mapping.flatMap((target, index) => {
    if (target !== "field") return [];
    const title = (heading[index] ?? "").trim();
    const name = title === "" || taken.has(title) ? `${title} (${index + 1})`.trim() : title;
    taken.add(name);
    return [{ index, name }];
  });
}

function placesOf(mapping: Mapping): Readonly<Partial<Record<Target, number>>> {
  const places: Partial<Record<Target, number>> = {};
  for (const [index, target] of mapping.entries()) places[target] ??= index;
  return places;
}

function unreadableBecause(row: CsvRow, columns: number): RejectReason | null {
  if (row.broken) return "broken_quotes";
  if (row.cells.length !== columns) return "column_count";
  return row.cells.some((text) => text.includes("\uFFFD")) ? "broken_encoding" : null;
}

type Cell = (target: Target) => string;

function readContact(
  cell: Cell,
  { line }: CsvRow,
  options: ImporterOptions,
): ImportedContact | RejectReason {
  const statedCountry = cell("country");
  const country = parseCountry(statedCountry);
  const email = parseEmail(cell("email"));
  const phone = cell("phone") === "" ? null : options.parsePhone(cell("phone"), country ?? "");
  if (email === null && phone === null) return noAddress(cell);
  const addresses = { email, sms: phone };
  const zone = cell("time_zone");
  const dropped = droppedOf(cell, email, phone);
  const knowsZone = zone === "" || isZone(zone);
  return {
    line,
    email,
    phone,
    firstName: toPlainName(cell("first_name")),
    lastName: toPlainName(cell("last_name")),
    country: country ?? "",
    city: toPlainName(cell("city")),
    timeZone: knowsZone ? zone : "",
    fields: {
      ...(country === null && statedCountry !== "" ? { country: statedCountry } : {}),
      ...(knowsZone ? {} : { time_zone: zone }),
    },
    consents: consentsOf(cell, addresses, options),
    dropped,
    notes: [
      ...(knowsZone ? [] : ["unknown_zone" as const]),
      ...droppedNotes(dropped),
      ...notesOf(cell, addresses, options.now),
    ],
  };
}

function noAddress(cell: Cell): RejectReason {
  if (cell("email") === "") return cell("phone") === "" ? "no_address" : "bad_phone";
  return cell("phone") === "" ? "bad_email" : "bad_email_and_phone";
}

function droppedOf(
  cell: Cell,
  email: string | null,
  phone: string | null,
): ImportedContact["dropped"] {
  if (email === null && cell("email") !== "") return "email";
  return phone === null && cell("phone") !== "" ? "phone" : null;
}

function droppedNotes(dropped: ImportedContact["dropped"]): readonly ImportNote[] {
  return dropped === null ? [] : [`bad_${dropped}`];
}

type Addresses = Readonly<Record<ConsentChannel, string | null>>;

function consentsOf(
  cell: Cell,
  addresses: Addresses,
  { now, fileName }: ImporterOptions,
): readonly StatedConsent[] {
  return consentChannels.flatMap((channel) => {
    const granted = parseAnswer(cell(`${channel}_consent`));
    if (granted === null || addresses[channel] === null) return [];
    const said = parseMoment(cell(`${channel}_consent_at`)) ?? parseMoment(cell("consent_at"));
    // A time in the future would outlast every withdrawal until then.
    const at = Math.min(said ?? now, now);
    const source = cell(`${channel}_consent_source`) || cell("consent_source");
    return [{ channel, granted, at, source: source || `import:${fileName}` }];
  });
}

/** Each kind at most once: people look for rows, not for cells. */
function notesOf(cell: Cell, addresses: Addresses, now: Instant): readonly ImportNote[] {
  const notes = new Set<ImportNote>();
  for (const channel of consentChannels) {
    const text = cell(`${channel}_consent`);
    if (text === "" || addresses[channel] === null) continue;
    const at = cell(`${channel}_consent_at`) || cell("consent_at");
    const moment = parseMoment(at);
    if (parseAnswer(text) === null) notes.add("unknown_consent");
    else if (at !== "" && moment === null) notes.add("bad_consent_time");
    else if (moment !== null && moment > now) notes.add("future_consent_time");
  }
  return [...notes];
}
