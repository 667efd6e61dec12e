import "fake-indexeddb/auto";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { aCampaign, ana } from "../../../tests/support/campaigns.ts";
import { ClientDb } from "../db/client-db.ts";
import { loadKept } from "../db/kept.ts";
import { evictionText } from "../state/storage-facts.ts";
import { createNotePlace } from "./kept-place.ts";
import { newId } from "./new-id.ts";
import { keepStorage, type StorageKeeper } from "./storage-keeper.ts";

/** A browser's cookies: setting one changes that one alone. */
class Cookies {
  readonly #jar = new Map<string, string>();
  get cookie(): string {
    return [...this.#jar].map(([name, value]) => `${name}=${value}`).join("; ");
  }
  set cookie(text: string) {
    const [name = "", value = ""] = (text.split("; ")[0] ?? "").split("=");
    if (text.includes("max-age=0;")) this.#jar.delete(name);
    else this.#jar.set(name, value);
  }
}

let name: string;
let db: ClientDb;
let shelf: Map<string, string>;
let cookies: Cookies;
let keeper: StorageKeeper | null;
let now = 1_000;

beforeEach(() => {
  name = `fieldcast:${newId()}:${newId()}`;
  shelf = new Map();
  cookies = new Cookies();
  keeper = null;
});
afterEach(() => {
  keeper?.stop({ forget: false });
  db.close();
});

function place() {
  return createNotePlace({
    storage: {
      getItem: (key) => shelf.get(key) ?? null,
      setItem: (key, value) => void shelf.set(key, value),
      removeItem: (key) => void shelf.delete(key),
    },
    cookies,
  });
}

/** A start of the app; answers when its note was made. */
async function start(): Promise<void> {
  db = new ClientDb(name);
  await db.open();
  keeper = keepStorage(db, { place: place(), newId, now: () => now });
  await vi.waitFor(async () => expect(await loadKept(db)).not.toBeNull());
  await vi.waitFor(() => expect(place().read(name)?.at).toBe(now));
}

async function writeOne(mid: number): Promise<void> {
  await db.outbox.put({
    mid,
    uid: newId(),
    act: { name: "campaign.pause", args: { id: aCampaign().id } },
    v: 1,
    at: { wall: now, offset: null, offsetAge: null },
    now,
    state: "waiting",
    mine: null,
    seqs: {},
  });
}

async function browserDeletes(): Promise<void> {
  keeper?.stop({ forget: false });
  await db.delete();
}

test("a first start, and a second with everything there, tell of nothing", async () => {
  await start();
  keeper?.stop({ forget: false });
  db.close();
  now = 2_000;
  await start();
  expect(await loadKept(db)).toMatchObject({ eviction: null });
});

test("a deleted database is noticed at the next start, with how much was unsent", async () => {
  await start();
  await writeOne(1);
  await writeOne(2);
  await vi.waitFor(() => expect(place().read(name)?.unsent).toBe(2));
  await browserDeletes();
  const keptAt = now;
  now += 5_000;
  await start();
  const eviction = { at: now, lastKeptAt: keptAt, lostUnsent: 2 };
  expect(await loadKept(db)).toMatchObject({ eviction, isRead: false });
  expect(evictionText(eviction)).toContain("2 unsent changes may be lost");
});

test("the cookie tells of it where the local storage went along", async () => {
  await start();
  await browserDeletes();
  shelf.clear();
  await start();
  const eviction = (await loadKept(db))?.eviction;
  expect(eviction).toMatchObject({ lostUnsent: 0 });
  expect(evictionText(eviction ?? { at: 0, lastKeptAt: 0, lostUnsent: 9 })).toContain(
    "Nothing was unsent",
  );
});

test("what this device gave up by itself is no deletion", async () => {
  await start();
  keeper?.stop({ forget: true });
  await db.delete();
  await start();
  expect(await loadKept(db)).toMatchObject({ eviction: null });
});

test("what stands in its place and is no note is ignored", () => {
  const broken = place();
  broken.write(name, { keeping: ana, unsent: 0, at: 1 });
  for (const key of shelf.keys()) shelf.set(key, "{nonsense");
  cookies.cookie = cookies.cookie.replace(/=.*/, "=%E0%A4%A; path=/");
  expect(broken.read(name)).toBeNull();
});
