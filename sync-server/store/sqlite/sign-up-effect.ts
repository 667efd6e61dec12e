/**
 * What a device's command does to a contact, in the transaction of its verdict. An address that is
 * known merges, as in an import. A withdrawal always counts, and for everybody who has the address;
 * a consent counts only when it was given after every withdrawal, by a clock that can be believed:
 * otherwise a person has to look.
 */
import { addressKindOf } from "#domain/campaign/channel.ts";
import { firstConsentWords, type ConsentText } from "#domain/audience/consent-text.ts";
import type { Contact } from "#domain/audience/contact.ts";
import type { SignUp } from "#domain/audience/sign-up.ts";
import type { Instant } from "#domain/core/time.ts";
import type { ReviewCause, SaidAtStand, StandEffect } from "../sign-up-store.ts";
import { recordConsent } from "./contact-consents.ts";
import {
  findImported,
  insertContact,
  mergeFacts,
  updateContact,
  type Known,
} from "./contact-rows.ts";
import type { Database } from "./database.ts";
import { sayForAddress, sayForContact } from "./limits-consent.ts";
import { takeBack } from "./limits-opt-out.ts";
import { hasLeft } from "./own-opt-outs.ts";
import { contactOfSignUp } from "./sign-up-rows.ts";

/** What its author should know; undefined: nothing. */
export type Note = Readonly<Record<string, string | number | boolean | null>>;

export function applyAtStand(
  db: Database,
  {
    workspace,
    effect,
    now,
  }: { readonly workspace: string; readonly effect: StandEffect; readonly now: Instant },
): Note | undefined {
  const { signUp, what } = effect;
  const before = what === "add" ? findImported(db, workspace, signUp) : null;
  const known =
    what === "add"
      ? added(db, { workspace, effect, now }, before)
      : contactOfSignUp(db, workspace, signUp.id);
  if (known === null) return undefined;
  if (what === "edit")
    updateContact(db, known.seq, { ...known.contact, ...factsOf(signUp), updatedAt: now });
  const at = heardAt(db, workspace, effect, now);
  const waits = effect.said.filter((said) => hear(db, { workspace, effect, known, at, now }, said));
  const note = {
    ...(before === null ? {} : { known: true }),
    ...(waits.length === 0 ? {} : { review: waits.map(({ channel }) => channel).join(",") }),
  };
  return Object.keys(note).length === 0 ? undefined : note;
}

interface Act {
  readonly workspace: string;
  readonly effect: StandEffect;
  readonly now: Instant;
}

function added(db: Database, { workspace, effect, now }: Act, known: Known | null): Known {
  const { signUp, by, client } = effect;
  const contact: Contact = {
    ...factsOf(signUp),
    id: signUp.id,
    city: "",
    timeZone: "",
    fields: {},
    createdAt: now,
    updatedAt: now,
  };
  const merged = known === null ? contact : mergeFacts(known.contact, contact);
  const seq = known?.seq ?? insertContact(db, workspace, contact);
  if (known !== null && JSON.stringify(merged) !== JSON.stringify(known.contact))
    updateContact(db, seq, { ...merged, updatedAt: now });
  db.run(
    "insert into sign_up (workspace, id, contact, by, client, at) values (?, ?, ?, ?, ?, ?)",
    workspace,
    signUp.id,
    seq,
    by,
    client,
    now,
  );
  return { seq, contact: merged };
}

function factsOf(
  signUp: SignUp,
): Pick<Contact, "email" | "phone" | "firstName" | "lastName" | "country"> {
  const { email, phone, firstName, lastName, country } = signUp;
  return { email, phone, firstName, lastName, country };
}

/** By the server's clock: not before what this device said last, and not later than now. */
function heardAt(
  db: Database,
  workspace: string,
  { client, claim }: StandEffect,
  now: Instant,
): Instant {
  const row = db.get(
    "select max(at) as at from consent_evidence where workspace = ? and client = ?",
    workspace,
    client,
  );
  return Math.min(Math.max(claim.at, Number(row?.["at"] ?? 0)), now);
}

interface Hearing extends Act {
  readonly known: Known;
  readonly at: Instant;
}

/** Answers whether a person has to look at it first. */
function hear(db: Database, hearing: Hearing, said: SaidAtStand): boolean {
  const why = said.granted ? causeOf(db, hearing, said) : null;
  const at = said.granted ? hearing.at : leave(db, hearing, said);
  if (said.granted && why === null) agree(db, hearing, said);
  prove(db, { ...hearing, at }, said, why);
  return why !== null;
}

function causeOf(
  db: Database,
  { workspace, effect, known, at }: Hearing,
  { channel }: SaidAtStand,
): ReviewCause | null {
  if (!effect.claim.isTrusted) return "clock";
  const row = db.get(
    "select max(at) as at from consent_log where workspace = ? and contact = ? and channel = ? and granted = 0",
    workspace,
    known.seq,
    channel,
  );
  if (hasLeft(db, { workspace, channel, seq: known.seq })) return "withdrawn";
  const last = row?.["at"];
  return typeof last === "number" && last >= at ? "withdrawn" : null;
}

function agree(
  db: Database,
  { workspace, effect, known, at, now }: Hearing,
  { channel }: SaidAtStand,
): void {
  const { source } = effect;
  recordConsent(db, { workspace, seq: known.seq, now }, { channel, granted: true, at, source });
  const address = known.contact[addressKindOf[channel]];
  // Whoever had left without being a contact said so of the address; now they say otherwise.
  if (address !== null) takeBack(db, { workspace, channel, now }, { address, at, note: source });
}

/** Its time: never before what it takes back, and that of the server when the clock tells nothing. */
function leave(db: Database, hearing: Hearing, { channel }: SaidAtStand): Instant {
  const { workspace, effect, known, now } = hearing;
  const claimedAt = effect.claim.isTrusted ? hearing.at : now;
  const row = db.get(
    "select at from consent where workspace = ? and contact = ? and channel = ? and granted = 1",
    workspace,
    known.seq,
    channel,
  );
  const at = Math.max(claimedAt, Number(row?.["at"] ?? 0));
  const said = { workspace, channel, granted: false, at, source: effect.source, now };
  const address = known.contact[addressKindOf[channel]];
  sayForContact(db, known.seq, { ...said, address: address ?? "" });
  if (address !== null) sayForAddress(db, { ...said, address });
  return at;
}

function prove(
  db: Database,
  { workspace, effect, known, at, now }: Hearing,
  said: SaidAtStand,
  why: ReviewCause | null,
): void {
  const shown = said.granted ? textOf(db, workspace, said) : null;
  db.run(
    `insert into consent_evidence (workspace, id, contact, channel, granted, at, wall, trusted,
       heard_at, source, text_version, words, how, signature, client, by, state, why)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    workspace,
    effect.uid,
    known.seq,
    said.channel,
    said.granted ? 1 : 0,
    at,
    effect.claim.wall,
    effect.claim.isTrusted ? 1 : 0,
    now,
    effect.source,
    shown?.version ?? null,
    shown?.words ?? null,
    said.granted ? said.how : null,
    said.granted ? (said.signature ?? null) : null,
    effect.client,
    effect.by,
    why === null ? "counts" : "review",
    why,
  );
}

/** The very words, so that the proof needs nothing else. */
function textOf(
  db: Database,
  workspace: string,
  { channel, text }: Extract<SaidAtStand, { readonly granted: true }>,
): { readonly version: number; readonly words: string } {
  const [kind, id] = text === null ? ["workspace", workspace] : ["consentText", text];
  const row = db.get(
    "select doc from document where workspace = ? and kind = ? and id = ?",
    workspace,
    kind,
    id,
  );
  const doc: unknown = row === undefined ? {} : JSON.parse(String(row["doc"]));
  if (isText(doc)) return { version: doc.version, words: doc.text };
  return { version: 0, words: firstConsentWords(channel, nameOf(doc)) };
}

function isText(doc: unknown): doc is ConsentText {
  return typeof doc === "object" && doc !== null && "version" in doc && "text" in doc;
}

function nameOf(doc: unknown): string {
  return typeof doc === "object" && doc !== null && "name" in doc ? String(doc.name) : "";
}
