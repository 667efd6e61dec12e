/** The promise of device-store.ts over SQLite. */
import { shakeHands } from "#domain/access/device.ts";
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import {
  revocationReasons,
  type Contact,
  type Device,
  type DeviceStore,
  type KnownRevocation,
  type Met,
  type Revocation,
  type Revoked,
} from "../device-store.ts";
import { addActivity } from "./activity-lines.ts";
import type { Database, Row } from "./database.ts";
import type { PartOperations } from "./operation.ts";

const select = "select * from device";

export const deviceOperations: PartOperations<DeviceStore> = {
  reads: ["devices", "device", "revoked"],
  operations: {
    meet: (db, contact) => meet(db, contact),
    devices: (db, { workspace, user }) =>
      db
        .all(
          `${select} where workspace = ? and (? is null or user = ?) order by seen_at desc, id`,
          workspace,
          user,
          user,
        )
        .map(toDevice),
    device: (db, { workspace, id }) => deviceOf(db, workspace, id),
    rename: (db, args) => rename(db, args),
    revoke: (db, args) => revoke(db, args),
    revokeAgain: (db, { devices }) => devices.filter((each) => revokeAgain(db, each)).length,
    revoked: (db) =>
      db.all(`${select} where revoked_at is not null order by workspace, id`).map(toDevice),
  },
};

function meet(db: Database, contact: Contact): Met {
  const { workspace, device, user, instance, next, now } = contact;
  const row = db.get(`${select} where workspace = ? and id = ?`, workspace, device);
  if (row === undefined) {
    insert(db, contact);
    return { outcome: "known", instance: next ?? instance, past: next === null ? null : instance };
  }
  if (row["revoked_at"] !== null) {
    hearLost(db, contact);
    return { outcome: "revoked" };
  }
  const known = { instance: textOrNull(row["instance"]), past: textOrNull(row["past"]) };
  const after = row["user"] === user ? shakeHands(known, contact) : "stale";
  if (after === "stale") return { outcome: "fork" };
  db.run(
    `update device set session = ?, seen_at = max(seen_at, ?), lease_until = ?, instance = ?, past = ?,
       unsent = coalesce(?, unsent), app = coalesce(?, app) where workspace = ? and id = ?`,
    contact.session,
    now,
    contact.leaseUntil,
    after.instance,
    after.past,
    contact.unsent,
    contact.app,
    workspace,
    device,
  );
  return { outcome: "known", instance: after.instance ?? instance, past: after.past };
}

function insert(db: Database, contact: Contact): void {
  const { workspace, device, user, instance, next, now } = contact;
  db.run(
    `insert into device (workspace, id, user, name, app, session, first_at, seen_at, lease_until,
       unsent, instance, past) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    workspace,
    device,
    user,
    contact.name,
    contact.app ?? "",
    contact.session,
    now,
    now,
    contact.leaseUntil,
    contact.unsent ?? 0,
    next ?? instance,
    next === null ? null : instance,
  );
}

/** A revoked device removes everything when it hears of it: what it says now is what is lost. */
function hearLost(db: Database, { workspace, device, unsent, now }: Contact): void {
  db.run(
    `update device set told_at = ?, unsent = coalesce(?, unsent)
      where workspace = ? and id = ? and told_at is null`,
    now,
    unsent,
    workspace,
    device,
  );
}

type Args<M extends keyof DeviceStore> = Parameters<DeviceStore[M]>[0];

function rename(db: Database, { workspace, id, name, by, now }: Args<"rename">): Device | null {
  const was = deviceOf(db, workspace, id);
  if (was === null) return null;
  if (was.name === name) return was;
  db.run("update device set name = ? where workspace = ? and id = ?", name, workspace, id);
  const line = { campaignId: null, event: "device.renamed", by, at: now };
  addActivity(db, workspace, { ...line, detail: { was: was.name, name } });
  return { ...was, name };
}

function revoke(db: Database, args: Args<"revoke">): Revoked | null {
  const { workspace, id, by, now } = args;
  const row = db.get(`${select} where workspace = ? and id = ?`, workspace, id);
  if (row === undefined) return null;
  const session = textOrNull(row["session"]);
  if (row["revoked_at"] !== null) return { device: toDevice(row), session };
  db.run(
    `update device set revoked_at = ?, revoked_by = ?, reason = 'revoked',
       unsent = coalesce(?, unsent) where workspace = ? and id = ?`,
    now,
    by === "" ? null : by,
    args.unsent,
    workspace,
    id,
  );
  const device = deviceOf(db, workspace, id);
  if (device === null) throw new Error("a device that was revoked is still known");
  const line = { campaignId: null, event: "device.revoked", by: by === "" ? null : by, at: now };
  const { name, user, unsent } = device;
  addActivity(db, workspace, { ...line, detail: { name, user, unsent } });
  return { device, session };
}

/** Inside the transaction that takes a person out of the workspace: their devices hold nothing any more. */
export function revokeAllOf(
  db: Database,
  {
    workspace,
    user,
    by,
    now,
  }: { readonly workspace: Id; readonly user: Id; readonly by: Id; readonly now: Instant },
): void {
  db.run(
    `update device set revoked_at = ?, revoked_by = ?, reason = 'left'
      where workspace = ? and user = ? and revoked_at is null`,
    now,
    by === "" ? null : by,
    workspace,
    user,
  );
}

function revokeAgain(db: Database, known: KnownRevocation): boolean {
  const { workspace, id, user, name, at, by, reason, unsent } = known;
  if (db.get("select 1 from workspace where id = ?", workspace) === undefined) return false;
  const changed = db.run(
    `insert into device (workspace, id, user, name, first_at, seen_at, lease_until, unsent,
       revoked_at, revoked_by, reason) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     on conflict (workspace, id) do update set revoked_at = excluded.revoked_at,
       revoked_by = excluded.revoked_by, reason = excluded.reason, unsent = excluded.unsent
       where revoked_at is null`,
    workspace,
    id,
    user,
    name,
    at,
    at,
    at,
    unsent,
    at,
    by,
    reason,
  );
  return changed > 0;
}

/** After a restore: what a device was told since the copy was made is not known here, so each is believed. */
export function forgetNonces(db: Database): void {
  db.run("update device set instance = null, past = null");
}

function deviceOf(db: Database, workspace: Id, id: Id): Device | null {
  const row = db.get(`${select} where workspace = ? and id = ?`, workspace, id);
  return row === undefined ? null : toDevice(row);
}

function toDevice(row: Row): Device {
  return {
    workspace: String(row["workspace"]),
    id: String(row["id"]),
    user: String(row["user"]),
    name: String(row["name"]),
    app: String(row["app"]),
    firstAt: Number(row["first_at"]),
    seenAt: Number(row["seen_at"]),
    leaseUntil: Number(row["lease_until"]),
    unsent: Number(row["unsent"]),
    revoked: row["revoked_at"] === null ? null : toRevocation(row),
  };
}

function toRevocation(row: Row): Revocation {
  return {
    at: Number(row["revoked_at"]),
    by: textOrNull(row["revoked_by"]),
    reason: revocationReasons.find((each) => each === row["reason"]) ?? "revoked",
    toldAt: row["told_at"] === null ? null : Number(row["told_at"]),
  };
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
