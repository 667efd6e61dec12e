/** Addresses that must not be used: adding, removing and finding them, each with its audit. */
import type { AddressKind } from "#domain/campaign/channel.ts";
import type { Instant } from "#domain/core/time.ts";
import { suppressionReasons, type Suppression } from "#domain/limits/suppression.ts";
import type { LimitsStore, SuppressionEvent } from "../limits-store.ts";
import type { Database, Row } from "./database.ts";

type Args<M extends keyof LimitsStore> = Parameters<LimitsStore[M]>[0];

/** Suppresses an address, or writes a new reason over an old one. True when it was not there. */
export function addSuppression(
  db: Database,
  workspace: string,
  suppression: Suppression,
  now: Instant,
): boolean {
  const { kind, address, reason, source, note, at, until, by, campaignId } = suppression;
  const known = suppressionOf(db, { workspace, kind, address });
  const isNew = known === null || (known.until !== null && known.until <= now);
  db.run(
    `insert into suppression (workspace, kind, address, reason, at, until, source, note, by, campaign)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     on conflict (workspace, kind, address) do update set reason = excluded.reason,
       at = excluded.at, until = excluded.until, source = excluded.source, note = excluded.note,
       by = excluded.by, campaign = excluded.campaign`,
    workspace,
    kind,
    address,
    reason,
    at,
    until,
    source,
    note,
    by,
    campaignId,
  );
  logSuppression(db, { workspace, kind, address }, { act: "added", ...suppression });
  return isNew;
}

/** Suppresses an address for what a message showed; whoever is suppressed for good stays as they are. */
export function suppressOnce(
  db: Database,
  workspace: string,
  suppression: Suppression,
  now: Instant,
): void {
  const known = suppressionOf(db, { workspace, ...suppression });
  if (known !== null && (known.until === null || known.until > now)) return;
  addSuppression(db, workspace, suppression, now);
}

export function removeSuppression(
  db: Database,
  { workspace, kind, address, note, by, now }: Args<"unsuppress">,
): Suppression | null {
  const known = suppressionOf(db, { workspace, kind, address });
  if (known === null) return null;
  db.run(
    "delete from suppression where workspace = ? and kind = ? and address = ?",
    workspace,
    kind,
    address,
  );
  const event = { reason: known.reason, source: known.source, campaignId: null };
  logSuppression(db, { workspace, kind, address }, { act: "removed", ...event, note, by, at: now });
  // Two refusals are needed again before it is suppressed as not valid.
  db.run(
    "delete from strike where ws = (select seq from workspace where id = ?) and kind = ? and address = ?",
    workspace,
    kind,
    address,
  );
  return known;
}

interface OfAddress {
  readonly workspace: string;
  readonly kind: AddressKind;
  readonly address: string;
}

export function logSuppression(
  db: Database,
  { workspace, kind, address }: OfAddress,
  { act, reason, source, note, by, campaignId, at }: SuppressionEvent,
): void {
  db.run(
    `insert into suppression_log (workspace, kind, address, act, reason, source, note, by, campaign, at)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    workspace,
    kind,
    address,
    act,
    reason,
    source,
    note,
    by,
    campaignId,
    at,
  );
}

const columns = "kind, address, reason, source, note, at, until, by, campaign";

export function suppressionOf(
  db: Database,
  { workspace, kind, address }: OfAddress,
): Suppression | null {
  const row = db.get(
    `select ${columns} from suppression where workspace = ? and kind = ? and address = ?`,
    workspace,
    kind,
    address,
  );
  return row === undefined ? null : toSuppression(row);
}

export function wasRemovedSince(
  db: Database,
  { workspace, kind, address }: OfAddress,
  at: Instant,
): boolean {
  return (
    db.get(
      `select 1 from suppression_log
        where workspace = ? and kind = ? and address = ? and act = 'removed' and at >= ?`,
      workspace,
      kind,
      address,
      at,
    ) !== undefined
  );
}

export function findSuppressions(
  db: Database,
  { workspace, q, reason, after, limit, now }: Args<"suppressions">,
): { readonly items: readonly Suppression[]; readonly total: number } {
  const where = `workspace = ? and (until is null or until > ?)
    and (? = '' or instr(address, ?) > 0) and (? is null or reason = ?)`;
  const values = [workspace, now, q, q, reason, reason];
  const items = db
    .all(
      `select ${columns} from suppression where ${where} and address > ?
        order by address, kind limit ?`,
      ...values,
      after,
      limit,
    )
    .map(toSuppression);
  const row = db.get(`select count(*) as n from suppression where ${where}`, ...values);
  return { items, total: Number(row?.["n"]) };
}

export function suppressionLog(
  db: Database,
  { workspace, kind, address }: OfAddress,
): readonly SuppressionEvent[] {
  return db
    .all(
      `select act, reason, source, note, by, campaign, at from suppression_log
        where workspace = ? and kind = ? and address = ? order by seq desc limit 200`,
      workspace,
      kind,
      address,
    )
    .map((row) => ({
      act: toAct(row["act"]),
      reason: toReason(row["reason"]),
      source: String(row["source"]),
      note: String(row["note"]),
      by: textOrNull(row["by"]),
      campaignId: textOrNull(row["campaign"]),
      at: Number(row["at"]),
    }));
}

function toSuppression(row: Row): Suppression {
  return {
    kind: row["kind"] === "phone" ? "phone" : "email",
    address: String(row["address"]),
    reason: toReason(row["reason"]),
    source: String(row["source"]),
    note: String(row["note"]),
    at: Number(row["at"]),
    until: row["until"] === null ? null : Number(row["until"]),
    by: textOrNull(row["by"]),
    campaignId: textOrNull(row["campaign"]),
  };
}

const acts = ["added", "removed", "listed", "kept", "reached"] as const;

function toAct(value: unknown): SuppressionEvent["act"] {
  return acts.find((act) => act === value) ?? "added";
}

/** A reason from before the list was closed was written by hand. */
function toReason(value: unknown): Suppression["reason"] {
  return suppressionReasons.find((reason) => reason === value) ?? "by_hand";
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
