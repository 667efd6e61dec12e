/**
 * Commands about people carry addresses, which do not lie readable on a device: what is stored of
 * them is masked (`closed`), and `sealed` names a record with the arguments as they were typed. It
 * is opened when the command leaves, and when the person who typed it wants to see it.
 */
import { maskAddress } from "#domain/audience/contact.ts";
import type { GivenConsent } from "#domain/audience/sign-up.ts";
import type { AddressKind } from "#domain/campaign/channel.ts";
import type { Id } from "#domain/core/id.ts";
import type { Act, Change } from "#domain/sync/command.ts";
import type { Command } from "#protocol/command.ts";
import type { ClientDb, SealedRecord } from "./client-db.ts";
import { openSeal } from "./seal.ts";

export interface Closed {
  readonly act: Act;
  /** To be stored with it; undefined: there was nothing to hide. */
  readonly sealed?: SealedRecord;
}

/** The act as it may be stored. Before a transaction, not inside. */
export async function closed(db: ClientDb, act: Act, newId: () => Id): Promise<Closed> {
  if (!isAboutPeople(act)) return { act };
  const id = newId();
  const hidden = masked(act, id);
  if (hidden === null) return { act };
  return { act: hidden, sealed: { id, sealed: await openSeal(db, "work").seal(act.args) } };
}

function isAboutPeople({ name }: Act): boolean {
  return name.startsWith("contact.") || name.startsWith("consent.");
}

/** Null: it says nothing that must be hidden. */
function masked(act: Act, sealed: Id): Act | null {
  switch (act.name) {
    case "contact.add": {
      const { args } = act;
      const consents = args.consents.map(withoutSignature);
      const email = maskText(args.email, "email");
      const phone = maskText(args.phone, "phone");
      return { ...act, args: { ...args, email, phone, consents, sealed } };
    }
    case "contact.edit": {
      const { email, phone, ...rest } = act.args;
      if (email === undefined && phone === undefined) return null;
      const mails = email === undefined ? {} : { email: maskChange(email, "email") };
      const phones = phone === undefined ? {} : { phone: maskChange(phone, "phone") };
      return { ...act, args: { ...rest, ...mails, ...phones, sealed } };
    }
    case "consent.in":
      if (act.args.signature === undefined) return null;
      return {
        ...act,
        args: { ...withoutSignature(act.args), id: act.args.id, place: act.args.place, sealed },
      };
    default:
      return null;
  }
}

function withoutSignature({ channel, text, how }: GivenConsent): GivenConsent {
  return { channel, text, how };
}

function maskText(address: string | null, kind: AddressKind): string | null {
  return address === null ? null : maskAddress(address, kind);
}

function maskChange(change: Change<string | null>, kind: AddressKind): Change<string | null> {
  return { was: maskText(change.was, kind), set: maskText(change.set, kind) };
}

export interface Addresses {
  readonly email: string | null;
  readonly phone: string | null;
}

/** The addresses that were typed one after the other; null: the key is gone. */
export async function addressesOf(db: ClientDb, ids: readonly Id[]): Promise<Addresses | null> {
  const found: { email: string | null; phone: string | null } = { email: null, phone: null };
  const all = await Promise.all(ids.map((id) => openOne(db, id)));
  for (const args of all) {
    if (args === null) return null;
    for (const kind of ["email", "phone"] as const) {
      const said = args[kind];
      const value = typeof said === "object" && said !== null && "set" in said ? said.set : said;
      if (value !== undefined) found[kind] = typeof value === "string" ? value : null;
    }
  }
  return found;
}

/**
 * The commands as they travel. One whose key is gone goes with its masked addresses: the server
 * refuses it with a card, and it does not block those behind it.
 */
export async function opened(
  db: ClientDb,
  commands: readonly Command[],
): Promise<readonly Command[]> {
  return Promise.all(
    commands.map(async (command) => ({ ...command, args: await openedArgs(db, command.args) })),
  );
}

/** The arguments as they were typed. */
export async function openedArgs(db: ClientDb, args: unknown): Promise<unknown> {
  if (!namesSealed(args)) return args;
  const { sealed, ...rest } = args;
  return (await openOne(db, sealed)) ?? rest;
}

async function openOne(db: ClientDb, id: Id): Promise<Readonly<Record<string, unknown>> | null> {
  const record = await db.sealed.get(id);
  const typed = record && (await openSeal(db, "work").open(record.sealed));
  return isArgs(typed) ? typed : null;
}

/** How much the command grows when it is opened. Inside a transaction over `sealed`. */
export async function sealedBytes(db: ClientDb, { args }: Pick<Act, "args">): Promise<number> {
  const record = namesSealed(args) ? await db.sealed.get(args.sealed) : undefined;
  return record?.sealed.bytes.byteLength ?? 0;
}

function namesSealed(args: unknown): args is { readonly sealed: Id } {
  return isArgs(args) && typeof args["sealed"] === "string";
}

function isArgs(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
