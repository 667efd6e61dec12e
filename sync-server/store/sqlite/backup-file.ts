/**
 * A back-up is one SQLite file: a copy of the database at one moment, and in the table
 * `backup_part` everything else that is needed to run it: people.db, the secret, and what it is.
 *
 * The copy is made by VACUUM INTO from a connection that only reads, so that the server goes on
 * writing beside it. (`backup()` from a second connection starts again whenever something is
 * written: under load it never ends.)
 */
import { createHash } from "node:crypto";
import { closeSync, copyFileSync, fsyncSync, openSync, readFileSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import * as v from "valibot";
import { StoreError } from "../store.ts";
import { toStoreError } from "./database.ts";
import { migrations } from "./migrations.ts";

const about = v.object({
  product: v.literal("fieldcast"),
  format: v.literal(1),
  /** When its database was copied, epoch milliseconds. */
  at: v.number(),
  /** Which step of the database's shape it has. */
  shape: v.number(),
  epoch: v.string(),
});

/** What a back-up says of itself. */
export type BackupAbout = v.InferOutput<typeof about>;

export const partNames = ["people.db", "secret.key"] as const;

export type BackupParts = Readonly<Record<(typeof partNames)[number], Buffer>>;

export interface ReadBackup {
  readonly about: BackupAbout;
  readonly parts: BackupParts;
}

interface CopyFrom {
  readonly database: string;
  readonly people: string;
  readonly secret: Buffer;
  readonly now: number;
}

/** Copies into `to`, which must not exist, and makes it durable. Throws StoreError. */
export function writeBackup(from: CopyFrom, to: string): BackupAbout {
  copyOf(from.database, to);
  const people = copyAside(from.people, `${to}.people`);
  return using(to, (db) => {
    const shape = Number(db.prepare("pragma user_version").get()?.["user_version"]);
    const epoch = String(
      db.prepare("select value from meta where key = 'epoch'").get()?.["value"] ?? "",
    );
    const facts: BackupAbout = { product: "fieldcast", format: 1, at: from.now, shape, epoch };
    db.exec(
      "create table backup_part (name text primary key, hash text not null, body blob not null) strict",
    );
    const add = db.prepare("insert into backup_part (name, hash, body) values (?, ?, ?)");
    for (const [name, body] of [
      ["people.db", people],
      ["secret.key", from.secret],
      ["about.json", Buffer.from(JSON.stringify(facts))],
    ] as const) {
      add.run(name, hashOf(body), body);
    }
    return facts;
  });
}

/** Reads and checks a back-up: the whole file, and each part by its hash. Throws StoreError `corrupt` or `newer`. */
export function readBackup(path: string): ReadBackup {
  return using(path, (db) => {
    const wrong = db
      .prepare("pragma integrity_check(5)")
      .all()
      .map((row) => String(row["integrity_check"]))
      .find((line) => line !== "ok");
    if (wrong !== undefined) throw new StoreError("corrupt", wrong);
    const parsed = v.safeParse(about, JSON.parse(partOf(db, "about.json").toString("utf8")));
    if (!parsed.success) throw new StoreError("corrupt", "it does not say what it is");
    if (parsed.output.shape > migrations.length) {
      throw new StoreError("newer", "it was made by a newer version: start that one");
    }
    return {
      about: parsed.output,
      parts: { "people.db": partOf(db, "people.db"), "secret.key": partOf(db, "secret.key") },
    };
  });
}

/** Writes the database of a back-up to a new file, without its parts. */
export function extractDatabase(backup: string, to: string): void {
  copyFileSync(backup, to);
  using(to, (db) => {
    // The pages that held the secret are overwritten, not only set free.
    db.exec("pragma secure_delete = on");
    db.exec("drop table backup_part");
  });
}

/** Ends every session in a people.db that nobody has open. */
export function endSessions(path: string): void {
  using(path, (db) => db.exec("delete from session"));
}

/** Members of a workspace whom people.db does not know: they could not sign in. */
export function unknownMembers(backup: string, people: string): number {
  return using(backup, (db) => {
    db.prepare("attach database ? as people").run(people);
    const row = db
      .prepare(
        `select count(distinct user) as n from membership
          where not exists (select 1 from people.user p where p.id = membership.user)`,
      )
      .get();
    db.exec("detach database people");
    return Number(row?.["n"]);
  });
}

/** The file and what names it, on the disk for sure. */
export function makeDurable(...paths: readonly string[]): void {
  for (const path of paths) {
    const file = openSync(path, "r");
    try {
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  }
}

function copyOf(from: string, to: string): void {
  try {
    const db = new DatabaseSync(from, { readOnly: true, timeout: 5_000 });
    try {
      db.prepare("vacuum into ?").run(to);
    } finally {
      db.close();
    }
  } catch (error) {
    throw toStoreError(error, `cannot copy ${from}`);
  }
}

function copyAside(from: string, aside: string): Buffer {
  try {
    copyOf(from, aside);
    return readFileSync(aside);
  } finally {
    rmSync(aside, { force: true });
  }
}

/** One transaction on a file that nobody else uses; no journal is left beside it. */
function using<T>(path: string, work: (db: DatabaseSync) => T): T {
  try {
    const db = new DatabaseSync(path, { timeout: 5_000 });
    try {
      db.exec("pragma synchronous = full");
      return work(db);
    } finally {
      db.close();
    }
  } catch (error) {
    throw toStoreError(error, `cannot use ${path}`);
  }
}

function partOf(db: DatabaseSync, name: string): Buffer {
  const table = db.prepare("select 1 from sqlite_schema where name = 'backup_part'").get();
  const row =
    table === undefined
      ? undefined
      : db.prepare("select hash, body from backup_part where name = ?").get(name);
  const body = row?.["body"];
  if (!(body instanceof Uint8Array))
    throw new StoreError("corrupt", "it is no back-up of Fieldcast");
  const bytes = Buffer.from(body);
  if (hashOf(bytes) !== row?.["hash"]) throw new StoreError("corrupt", `its ${name} was changed`);
  return bytes;
}

function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
