/** The promise of access-store.ts over SQLite. */
import { leaseMs } from "#domain/access/device.ts";
import { sendingRules } from "#domain/access/permission.ts";
import { isRole, type Role } from "#domain/access/role.ts";
import type { Id } from "#domain/core/id.ts";
import { dayMs, type Instant } from "#domain/core/time.ts";
import type { Workspace } from "#domain/sync/document.ts";
import type { AccessStore, ApiKey, MemberOutcome, Membership } from "../access-store.ts";
import { lookAgainAtQuiet } from "./delivery-quiet.ts";
import type { Database, Row } from "./database.ts";
import { revokeAllOf } from "./device-operations.ts";
import { publish } from "./feeds.ts";
import { forgetPerson } from "./notice-people.ts";
import type { PartOperations } from "./operation.ts";
import { addActivity } from "./activity-lines.ts";

export const accessOperations: PartOperations<AccessStore> = {
  reads: ["workspaces", "standingOf", "members", "keys", "livingKey", "answerOf"],
  operations: {
    createWorkspace: (db, args) => createWorkspace(db, args),
    workspaces: (db) =>
      db
        .all("select id from workspace order by seq")
        .flatMap((row) => workspaceOf(db, String(row["id"])) ?? []),
    changeWorkspace: (db, args) => changeWorkspace(db, args),
    addMember: (db, { membership, by, now }) => {
      const { workspace, user } = membership;
      if (roleOf(db, workspace, user) !== null) return false;
      insertMember(db, membership, now);
      tell(db, { workspace, event: "member.added", by, now, detail: { name: membership.name } });
      return true;
    },
    setRole: (db, args) => setRole(db, args),
    removeMember: (db, args) => removeMember(db, args),
    standingOf: (db, { user }) => {
      const row = db.get(`${selectMember} where user = ? order by workspace limit 1`, user);
      if (row === undefined) return null;
      const membership = toMembership(row);
      const workspace = workspaceOf(db, membership.workspace);
      return workspace === null ? null : { membership, workspace };
    },
    members: (db, { workspace }) =>
      db
        .all(`${selectMember} where workspace = ? order by name, user`, workspace)
        .map(toMembership),
    addKey: (db, { key, hash, by }) => addKey(db, key, { hash, by }),
    keys: (db, { workspace }) =>
      db.all(`${selectKey} where workspace = ? order by created_at, id`, workspace).map(toKey),
    livingKey: (db, { hash }) => {
      const row = db.get(`${selectKey} where hash = ? and revoked_at is null`, hash);
      return row === undefined ? null : toKey(row);
    },
    useKey: (db, { hash, now }) => {
      const row = db.get(
        `update api_key set last_used_at = ? where hash = ? and revoked_at is null returning ${keyColumns}`,
        now,
        hash,
      );
      return row === undefined ? null : toKey(row);
    },
    revokeKey: (db, { workspace, id, by, now }) => {
      const row = db.get(
        "update api_key set revoked_at = ? where workspace = ? and id = ? and revoked_at is null returning name",
        now,
        workspace,
        id,
      );
      if (row === undefined) return false;
      tell(db, { workspace, event: "key.revoked", by, now, detail: { name: String(row["name"]) } });
      return true;
    },
    answerOf: (db, { workspace, key }) => {
      const row = db.get(
        "select request, status, body from answer where workspace = ? and key = ?",
        workspace,
        key,
      );
      if (row === undefined) return null;
      return {
        request: String(row["request"]),
        status: Number(row["status"]),
        body: String(row["body"]),
      };
    },
    keepAnswer: (db, { workspace, key, answer, now }) => {
      db.run(
        `insert into answer (workspace, key, request, status, body, at) values (?, ?, ?, ?, ?, ?)
         on conflict (workspace, key) do update
           set request = excluded.request, status = excluded.status, body = excluded.body`,
        workspace,
        key,
        answer.request,
        answer.status,
        answer.body,
        now,
      );
    },
    dropAnswer: (db, { workspace, key }) => {
      db.run("delete from answer where workspace = ? and key = ?", workspace, key);
    },
    forgetAnswers: (db, { before }) => db.run("delete from answer where at < ?", before),
  },
};

type Args<M extends keyof AccessStore> = Parameters<AccessStore[M]>[0];

function createWorkspace(
  db: Database,
  { workspace, admin, onlyFirst, now }: Args<"createWorkspace">,
): boolean {
  if (onlyFirst && db.get("select 1 from workspace limit 1") !== undefined) return false;
  db.run("insert into workspace (id, created_at) values (?, ?)", workspace.id, now);
  publish(db, workspace.id, [{ kind: "workspace", id: workspace.id, doc: workspace }], now);
  insertMember(db, { ...admin, workspace: workspace.id, role: "admin" }, now);
  return true;
}

function changeWorkspace(
  db: Database,
  { workspace, name, access, by, now }: Args<"changeWorkspace">,
): Workspace | null {
  const known = workspaceOf(db, workspace);
  if (known === null) return null;
  const doc = {
    ...known,
    rev: known.rev + 1,
    name: name ?? known.name,
    access: { ...known.access, ...access },
  };
  publish(db, workspace, [{ kind: "workspace", id: workspace, doc }], now);
  const hours = [known, doc].map((each) => JSON.stringify(sendingRules(each.access).quietHours));
  if (hours[0] !== hours[1]) lookAgainAtQuiet(db, workspace, now);
  tell(db, { workspace, event: "workspace.changed", by, now, detail: told(doc.access) });
  return doc;
}

/** The settings as the activity tells them: plain values. */
function told(access: Workspace["access"]): Readonly<Record<string, string | number | boolean>> {
  const { quietHours, delayMinutes, approval = false } = sendingRules(access);
  return {
    fieldMaySend: access.fieldMaySend,
    quietHours: quietHours === null ? "none" : `${quietHours.from}–${quietHours.to}`,
    delayMinutes,
    approval,
    leaseDays: leaseMs(access) / dayMs,
  };
}

function insertMember(db: Database, membership: Membership, now: number): void {
  const { workspace, user, role, name, email } = membership;
  db.run(
    "insert into membership (user, workspace, role, name, email) values (?, ?, ?, ?, ?)",
    user,
    workspace,
    role,
    name,
    email,
  );
  publishMember(db, workspace, { user, name, role, now });
}

function setRole(db: Database, { workspace, user, role, by, now }: Args<"setRole">): MemberOutcome {
  const was = roleOf(db, workspace, user);
  if (was === null) return "unknown";
  if (was === "admin" && role !== "admin" && isLastAdmin(db, workspace)) return "last_admin";
  const row = db.get(
    "update membership set role = ? where workspace = ? and user = ? returning name",
    role,
    workspace,
    user,
  );
  const name = String(row?.["name"]);
  publishMember(db, workspace, { user, name, role, now });
  tell(db, { workspace, event: "member.role", by, now, detail: { name, was, role } });
  return "done";
}

function removeMember(
  db: Database,
  { workspace, user, by, now }: Args<"removeMember">,
): MemberOutcome {
  const was = roleOf(db, workspace, user);
  if (was === null) return "unknown";
  if (was === "admin" && isLastAdmin(db, workspace)) return "last_admin";
  const row = db.get(
    "delete from membership where workspace = ? and user = ? returning name",
    workspace,
    user,
  );
  forgetPerson(db, workspace, user);
  publish(db, workspace, [{ kind: "member", id: user, doc: null }], now);
  revokeAllOf(db, { workspace, user, by, now });
  tell(db, {
    workspace,
    event: by === user ? "member.left" : "member.removed",
    by,
    now,
    detail: { name: String(row?.["name"]) },
  });
  return "done";
}

interface PublishedMember {
  readonly user: Id;
  readonly name: string;
  readonly role: Role;
  readonly now: Instant;
  readonly isKey?: true;
}

function publishMember(db: Database, workspace: Id, member: PublishedMember): void {
  const row = db.get(
    "select rev from document where workspace = ? and kind = 'member' and id = ?",
    workspace,
    member.user,
  );
  const { user: id, name, role, now, isKey } = member;
  const doc = { id, rev: Number(row?.["rev"] ?? 0) + 1, name, role, ...(isKey ? { isKey } : {}) };
  publish(db, workspace, [{ kind: "member", id, doc }], now);
}

function addKey(
  db: Database,
  key: ApiKey,
  { hash, by }: { readonly hash: string; readonly by: Id },
): void {
  const { workspace, id, name, role, createdAt } = key;
  publishMember(db, workspace, { user: id, name, role, now: createdAt, isKey: true });
  db.run(
    "insert into api_key (workspace, id, name, role, hash, created_at) values (?, ?, ?, ?, ?, ?)",
    workspace,
    id,
    name,
    role,
    hash,
    createdAt,
  );
  tell(db, { workspace, event: "key.created", by, now: createdAt, detail: { name, role } });
}

interface Told {
  readonly workspace: Id;
  readonly event: string;
  readonly by: Id;
  readonly now: number;
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
}

function tell(db: Database, { workspace, event, by, now, detail }: Told): void {
  // The command line acts as nobody in particular.
  const person = by === "" ? null : by;
  addActivity(db, workspace, { campaignId: null, event, by: person, at: now, detail });
}

function workspaceOf(db: Database, workspace: Id): Workspace | null {
  const row = db.get(
    "select doc from document where workspace = ? and kind = 'workspace' and id = ? and dead = 0",
    workspace,
    workspace,
  );
  return row === undefined ? null : JSON.parse(String(row["doc"]));
}

function roleOf(db: Database, workspace: Id, user: Id): Role | null {
  const row = db.get(
    "select role from membership where workspace = ? and user = ?",
    workspace,
    user,
  );
  return row === undefined ? null : toRole(row);
}

function isLastAdmin(db: Database, workspace: Id): boolean {
  const row = db.get(
    "select count(*) as n from membership where workspace = ? and role = 'admin'",
    workspace,
  );
  return Number(row?.["n"]) <= 1;
}

const selectMember = "select user, workspace, role, name, email from membership";

function toMembership(row: Row): Membership {
  return {
    workspace: String(row["workspace"]),
    user: String(row["user"]),
    role: toRole(row),
    name: String(row["name"]),
    email: String(row["email"]),
  };
}

const keyColumns = "workspace, id, name, role, created_at, last_used_at, revoked_at";
const selectKey = `select ${keyColumns} from api_key`;

function toKey(row: Row): ApiKey {
  return {
    workspace: String(row["workspace"]),
    id: String(row["id"]),
    name: String(row["name"]),
    role: toRole(row),
    createdAt: Number(row["created_at"]),
    lastUsedAt: timeOrNull(row["last_used_at"]),
    revokedAt: timeOrNull(row["revoked_at"]),
  };
}

function timeOrNull(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value);
}

function toRole(row: Row): Role {
  const role = String(row["role"]);
  if (!isRole(role)) throw new Error(`the database holds the unknown role ${role}`);
  return role;
}
