import { randomUUID } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import type { Audience } from "#domain/audience/audience.ts";
import type { Store } from "../store/store.ts";
import { openInlineStore } from "../store/sqlite/inline.ts";
import { createRecount } from "./recount.ts";

const workspace = "w1";
const opened: Store[] = [];

afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
});

function aWorld() {
  const store = openInlineStore(":memory:");
  opened.push(store);
  let now = 100;
  let counts = 0;
  const contacts: Store["contacts"] = {
    ...store.contacts,
    countAudience: (args) => {
      counts += 1;
      return store.contacts.countAudience(args);
    },
  };
  const recount = createRecount({ store: { ...store, contacts }, clock: () => now++, delayMs: 0 });
  return { store, recount, counted: () => counts };
}

async function save(store: Store, set: Partial<Audience> = {}): Promise<Audience> {
  const doc: Audience = {
    id: randomUUID(),
    rev: 4,
    name: "All",
    rule: { kind: "all" },
    count: null,
    reachable: null,
    countedAt: null,
    createdAt: 1,
    updatedAt: 1,
    ...set,
  };
  const writes = [{ kind: "audience", id: doc.id, doc }] as const;
  await store.sync.commitWrites({ workspace, expect: [], writes, activity: null, now: 1 });
  return doc;
}

async function read(store: Store, id: string): Promise<Audience | undefined> {
  const all = await store.sync.list({ workspace, kind: "audience" });
  return all.find((audience) => audience.id === id);
}

/** Resolves when the audience's document has been counted. */
function countOf(store: Store, id: string): Promise<Audience> {
  return new Promise((resolve, reject) => {
    const look = async (): Promise<void> => {
      const audience = await read(store, id);
      if (audience !== undefined && audience.count !== null) resolve(audience);
    };
    store.onMove(() => void look().catch(reject));
  });
}

test("a new audience is counted once, and writing the count asks for no other", async () => {
  const { store, recount, counted } = aWorld();
  store.onMove((moved) => recount.onMove(moved));
  const id = randomUUID();
  const counting = countOf(store, id);
  await save(store, { id });
  expect(await counting).toMatchObject({ rev: 4, count: 0, reachable: { email: 0, sms: 0 } });
  await recount.stop();
  expect(counted()).toBe(1);
});

test("changed contacts let every audience be counted again, requests in between as one", async () => {
  const { store, recount, counted } = aWorld();
  const { id } = await save(store, { count: 7, countedAt: 1 });
  const again = new Promise<void>((resolve) => store.onMove(() => resolve()));
  for (let n = 0; n < 5; n++) recount.contactsChanged(workspace);
  await again;
  await recount.stop();
  expect([await read(store, id), counted()]).toMatchObject([{ count: 0, rev: 4 }, 1]);
});

test("only the audiences that are named are counted", async () => {
  const { store, recount } = aWorld();
  const [named, other] = [await save(store), await save(store)];
  const documents = await recount.recountAudiences({ workspace, ids: [named.id] });
  expect(documents.map(({ id }) => id)).toEqual([named.id]);
  expect((await read(store, other.id))?.count).toBeNull();
});
