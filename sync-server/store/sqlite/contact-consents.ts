/** What contacts said about being written to: what holds now, and the log of every word. */
import { consentChannels, consentWins, type Consent } from "#domain/audience/contact.ts";
import type { StatedConsent } from "#domain/audience/import.ts";
import type { Instant } from "#domain/core/time.ts";
import type { ContactRecord } from "../contact-store.ts";
import type { Known } from "./contact-rows.ts";
import type { Database, Row, Value } from "./database.ts";

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

export function consentOf(row: Row, contactId: string): Consent {
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
