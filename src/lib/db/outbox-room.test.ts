import "fake-indexeddb/auto";
import { defaultAccessSettings } from "#domain/access/permission.ts";
import { emptyContent } from "#domain/campaign/campaign.ts";
import type { Act } from "#domain/sync/command.ts";
import { afterEach, expect, test } from "vitest";
import { ClientDb } from "./client-db.ts";
import { maxWaiting } from "./limits.ts";
import { write } from "./write.ts";

const user = "00000000-0000-7000-8000-000000000002";
let made = 0;
const newId = () => `00000000-0000-7000-9000-${String((made += 1)).padStart(12, "0")}`;
const open: ClientDb[] = [];
afterEach(async () => {
  for (const db of open.splice(0)) await db.delete();
});

function aDb(): ClientDb {
  const db = new ClientDb(newId());
  open.push(db);
  return db;
}

function draft(html = "", id = newId()): Act {
  const args = { id, type: "email", name: "Sale", content: { ...emptyContent, html } } as const;
  return { name: "campaign.create", args: { ...args, audienceId: null, accountId: null } };
}

function done(db: ClientDb, act: Act, amends = false) {
  const actor = { user, role: "admin", access: defaultAccessSettings } as const;
  const at = { wall: 1_000, offset: 0, offsetAge: 0 };
  return write(db, { act, actor, at, now: 1_000, newId, how: { amends } });
}

test("[S47] S4 sync: no more than 5 MB wait on a device; what is over is refused in words, what waits stays", async () => {
  const db = aDb();
  const megabyte = "ä".repeat(500_000);
  for (let i = 0; i < 4; i++) expect((await done(db, draft(megabyte))).ok).toBe(true);
  const refused = await done(db, draft(megabyte));
  expect(refused).toMatchObject({
    ok: false,
    error: { type: "invalid", detail: { message: expect.stringContaining("5 MB") } },
  });
  expect(await db.outbox.count()).toBe(4);
  expect(await db.campaign.count()).toBe(4);
  expect((await done(db, draft("small"))).ok).toBe(true);
});

test("[S47] S4 sync: at the limit the newest edit may still be gone on with", async () => {
  const db = aDb();
  const id = newId();
  await done(db, draft("", id));
  const edit = (was: string, set: string): Act => ({
    name: "campaign.edit",
    args: { id, name: { was, set } },
  });
  await done(db, edit("Sale", "Sale 1"));
  const [some] = await db.outbox.toArray();
  if (some === undefined) throw new Error("nothing waits");
  const more = Array.from({ length: maxWaiting }, (_, i) => ({ ...some, mid: -1 - i }));
  await db.outbox.bulkPut(more);
  expect((await done(db, draft())).ok).toBe(false);
  expect((await done(db, edit("Sale 1", "Sale 2"), true)).ok).toBe(true);
  expect((await db.campaign.get(id))?.doc.name).toBe("Sale 2");
});
