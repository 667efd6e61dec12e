import "fake-indexeddb/auto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { newId } from "../sync/new-id.ts";
import { ClientDb } from "./client-db.ts";
import { loadDraft, saveDraft, sealDrafts } from "./draft.ts";
import { endDevice } from "./identity.ts";
import { openSeal } from "./seal.ts";

let db: ClientDb;

beforeEach(async () => {
  db = new ClientDb(`drafts-${newId()}`);
  await db.open();
});

afterEach(() => db.close());

const form = { name: "Call +60123456789", step: "content" };

/** Everything that lies in the database, as whoever copies it reads it. */
async function dump(): Promise<string> {
  const rows = await Promise.all(db.tables.map((table) => table.toArray()));
  return JSON.stringify(rows, (_, value: unknown) =>
    value instanceof ArrayBuffer ? new TextDecoder().decode(value) : value,
  );
}

test("[S38] S4 at the stand: what is typed and not saved yet does not lie readable on the device", async () => {
  await saveDraft(db, "campaign:new", form);
  expect(await dump()).not.toContain("60123456789");
  expect(await loadDraft(db, "campaign:new")).toEqual(form);
  await saveDraft(db, "campaign:new", null);
  expect(await loadDraft(db, "campaign:new")).toBeNull();
});

test("[S38] what an older app left readable is sealed at the next start, and still there", async () => {
  await db.draft.put({ key: "campaign:new", value: form });
  expect(await dump()).toContain("60123456789");
  expect(await loadDraft(db, "campaign:new")).toEqual(form);
  await sealDrafts(db);
  expect(await dump()).not.toContain("60123456789");
  expect(await loadDraft(db, "campaign:new")).toEqual(form);
});

test("[S46] without the key of what was typed here, a draft is none; the lock leaves that key", async () => {
  await saveDraft(db, "campaign:new", form);
  await openSeal(db, "cache").shred();
  expect(await loadDraft(db, "campaign:new")).toEqual(form);
  await openSeal(db, "work").shred();
  expect(await loadDraft(db, "campaign:new")).toBeNull();
});

test("[S35] a device that was revoked keeps no draft, and makes no key for one", async () => {
  await saveDraft(db, "campaign:new", form);
  await endDevice(db, newId);
  await saveDraft(db, "campaign:new", form);
  expect([await db.draft.count(), await db.seal.count()]).toEqual([0, 0]);
});
