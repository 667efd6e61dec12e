/** The promise of sign-up-store.ts over SQLite. */
import { consentChannels, type ConsentChannel } from "#domain/audience/contact.ts";
import type { ConsentText } from "#domain/audience/consent-text.ts";
import { consentWays } from "#domain/audience/sign-up.ts";
import {
  reviewCauses,
  type ConsentEvidence,
  type ConsentReview,
  type EvidenceState,
  type SignUpStore,
} from "../sign-up-store.ts";
import { addActivity } from "./activity-lines.ts";
import { recordConsent } from "./contact-consents.ts";
import { hasLeft } from "./own-opt-outs.ts";
import { findByEmail, findById, findBySeq } from "./contact-rows.ts";
import type { Database, Row } from "./database.ts";
import { publish } from "./feeds.ts";
import type { Operations, PartOperations } from "./operation.ts";
import { contactOfSignUp } from "./sign-up-rows.ts";

type Args<M extends keyof SignUpStore> = Parameters<SignUpStore[M]>[0];

const operations: Operations<SignUpStore> = {
  isEmailTaken: (db, { workspace, id, email }) => {
    const holder = findByEmail(db, workspace, email);
    return holder !== null && holder.seq !== contactOfSignUp(db, workspace, id)?.seq;
  },
  evidenceOf: (db, { workspace, contactId }) => {
    const known = findById(db, workspace, contactId);
    if (known === null) return [];
    return db
      .all(
        "select * from consent_evidence where workspace = ? and contact = ? order by seq desc",
        workspace,
        known.seq,
      )
      .map(evidenceOf);
  },
  reviews: (db, { workspace }) =>
    db
      .all(
        "select * from consent_evidence where workspace = ? and state = 'review' order by seq limit 500",
        workspace,
      )
      .flatMap((row): ConsentReview[] => {
        const known = findBySeq(db, workspace, Number(row["contact"]));
        if (known === null) return [];
        const { id: contactId, firstName, lastName, email, phone } = known.contact;
        return [{ evidence: evidenceOf(row), contactId, firstName, lastName, email, phone }];
      }),
  decideReview: (db, args) => decideReview(db, args),
  publishText: (db, args) => publishText(db, args),
};

export const signUpOperations: PartOperations<SignUpStore> = {
  reads: ["isEmailTaken", "evidenceOf", "reviews"],
  operations,
};

function decideReview(db: Database, args: Args<"decideReview">): "done" | "gone" | "withdrawn" {
  const { workspace, id, channel, accept, by, now } = args;
  const row = db.get(
    "select * from consent_evidence where workspace = ? and id = ? and channel = ? and state = 'review'",
    workspace,
    id,
    channel,
  );
  if (row === undefined) return "gone";
  const contact = Number(row["contact"]);
  const whose = { workspace, contact, channel };
  const hasGone = isWithdrawnSince(db, whose, row) || hasLeft(db, { ...whose, seq: contact });
  const isBack = accept && hasGone;
  const state: EvidenceState = accept && !isBack ? "accepted" : "declined";
  db.run(
    "update consent_evidence set state = ?, decided_by = ?, decided_at = ? where seq = ?",
    state,
    by,
    now,
    Number(row["seq"]),
  );
  const { source, at } = evidenceOf(row);
  if (state === "accepted") {
    // Whoever looked says that it came after what was taken back before it was heard.
    const last = lastWithdrawal(db, { workspace, contact, channel });
    const counts = { channel, granted: true, at: Math.max(at, last + 1), source };
    recordConsent(db, { workspace, seq: contact, now }, counts);
  }
  const detail = { channel, source };
  addActivity(db, workspace, { campaignId: null, event: `consent.${state}`, by, at: now, detail });
  return isBack ? "withdrawn" : "done";
}

interface Whose {
  readonly workspace: string;
  readonly contact: number;
  readonly channel: ConsentChannel;
}

function isWithdrawnSince(
  db: Database,
  { workspace, contact, channel }: Whose,
  heard: Row,
): boolean {
  return (
    db.get(
      `select 1 from consent_log where workspace = ? and contact = ? and channel = ?
         and granted = 0 and recorded_at >= ?`,
      workspace,
      contact,
      channel,
      Number(heard["heard_at"]),
    ) !== undefined
  );
}

function lastWithdrawal(db: Database, { workspace, contact, channel }: Whose): number {
  const row = db.get(
    "select max(at) as at from consent_log where workspace = ? and contact = ? and channel = ? and granted = 0",
    workspace,
    contact,
    channel,
  );
  return Number(row?.["at"] ?? 0);
}

function publishText(db: Database, args: Args<"publishText">): ConsentText {
  const { workspace, id, channel, text, by, now } = args;
  const row = db.get(
    `select max(json_extract(doc, '$.version')) as version from document
      where workspace = ? and kind = 'consentText' and dead = 0 and json_extract(doc, '$.channel') = ?`,
    workspace,
    channel,
  );
  const version = Number(row?.["version"] ?? 0) + 1;
  const doc: ConsentText = { id, rev: 1, channel, version, text, createdAt: now, by };
  publish(db, workspace, [{ kind: "consentText", id, doc }], now);
  const detail = { channel, version };
  addActivity(db, workspace, { campaignId: null, event: "consent.text", by, at: now, detail });
  return doc;
}

const states = ["counts", "review", "accepted", "declined"] as const;

function evidenceOf(row: Row): ConsentEvidence {
  return {
    id: String(row["id"]),
    channel: oneOf(consentChannels, row["channel"]),
    granted: row["granted"] === 1,
    at: Number(row["at"]),
    wall: Number(row["wall"]),
    isTrusted: row["trusted"] === 1,
    heardAt: Number(row["heard_at"]),
    source: String(row["source"]),
    textVersion: row["text_version"] === null ? null : Number(row["text_version"]),
    words: textOrNull(row["words"]),
    how: row["how"] === null ? null : oneOf(consentWays, row["how"]),
    signature: textOrNull(row["signature"]),
    client: String(row["client"]),
    by: String(row["by"]),
    state: oneOf(states, row["state"]),
    why: row["why"] === null ? null : oneOf(reviewCauses, row["why"]),
  };
}

function oneOf<T extends string>(list: readonly T[], value: unknown): T {
  const found = list.find((each) => each === value);
  if (found === undefined) throw new Error(`the database holds an unknown word: ${String(value)}`);
  return found;
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
