// Unsent work that goes from one device to another without a network takes effect once, whoever
// of the two meets the server first.
import { randomUUIDv7 } from "node:crypto";
import { emptyContent } from "#domain/campaign/campaign.ts";
import type { Act } from "#domain/sync/command.ts";
import { createFrameReader, createFrameSource } from "#lib/carry/frames.ts";
import { fromBytes, fromFile, inspect, open, seal, toBytes, toFile } from "#lib/carry/seal.ts";
import { collectWork, noteCopied, oldestWorkMs, takeWork } from "#lib/db/carried.ts";
import { dismissCard } from "#lib/db/inbox.ts";
import type { CarriedWork } from "#protocol/carry.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openCarryingDevice, type CarryingDevice } from "../support/carrying-device.ts";
import { openTestApp, type Ask, type TestApp } from "../support/test-app.ts";

const now = Date.parse("2026-11-21T10:00:00Z");
const passphrase = "a long enough passphrase";

let server: TestApp;
let ana: Ask;
let cookie: string;
let owner: { workspace: string; user: string };
const devices: CarryingDevice[] = [];

beforeEach(async () => {
  server = await openTestApp();
  ana = await server.setUp();
  const signedIn = await server.nobody("/api/auth/sign-in/email", {
    method: "POST",
    body: { email: "ana@example.com", password: "correct horse battery" },
  });
  cookie = signedIn.cookies
    .map(({ name, value }) => `${name}=${encodeURIComponent(value)}`)
    .join("; ");
  const session = (await ana("/api/v1/session")).json();
  owner = { workspace: session.workspace.id, user: session.user.id };
});

afterEach(async () => {
  for (const { db } of devices.splice(0)) await db.delete();
  await server.close();
});

function aDevice(): CarryingDevice {
  const setting = { app: server.app, cookie, user: owner.user, now: () => now };
  const device = openCarryingDevice(setting);
  devices.push(device);
  return device;
}

function creation(id: string, name: string): Act {
  const args = { id, type: "email", name, content: emptyContent } as const;
  return { name: "campaign.create", args: { ...args, audienceId: null, accountId: null } };
}

function renaming(id: string, was: string, set: string): Act {
  return { name: "campaign.edit", args: { id, name: { was, set } } };
}

/** Two campaigns were made, and one of them renamed; all of it offline. */
async function workOffline({ core }: CarryingDevice): Promise<void> {
  const [first, second] = [randomUUIDv7(), randomUUIDv7()];
  await core.write(creation(first, "At the stand"));
  await core.write(creation(second, "On the way"));
  await core.write(renaming(first, "At the stand", "At the stand, day two"));
}

/** Through the very file, sealed and opened. */
async function byFile(work: CarriedWork): Promise<CarriedWork> {
  const back = fromFile(toFile(await seal(work, { owner, madeAt: now, passphrase })));
  if (!back.ok) throw new Error(back.error);
  expect(await inspect(back.value, owner)).toBeNull();
  const opened = await open(back.value, passphrase);
  if (!opened.ok) throw new Error(opened.error);
  return opened.value;
}

/** Through frames, of which every third is lost, read from the middle on. */
async function byFrames(work: CarriedWork): Promise<CarriedWork> {
  const source = await createFrameSource(
    toBytes(await seal(work, { owner, madeAt: now, passphrase })),
  );
  const reader = createFrameReader();
  let whole = null;
  for (let n = 1; whole === null; n++) {
    if (n % 3 !== 0) reader.add(source.frame(n));
    whole = await reader.read();
  }
  const back = fromBytes(whole);
  if (!back.ok) throw new Error(back.error);
  const opened = await open(back.value, passphrase);
  if (!opened.ok) throw new Error(opened.error);
  return opened.value;
}

const take = (device: CarryingDevice, work: CarriedWork, madeAt = now) =>
  takeWork(device.db, work, { ...device.context, madeAt });

async function handOver(from: CarryingDevice, to: CarryingDevice): Promise<void> {
  const work = await collectWork(from.db);
  await noteCopied(
    from.db,
    work.commands.map(({ uid }) => uid),
    { how: "handedOver", at: now },
  );
  expect(await take(to, await byFrames(work))).toMatchObject({ ok: true });
}

async function eventsOnServer(): Promise<string[]> {
  const { items } = (await ana("/api/v1/activity")).json();
  return items.map((each: { event: string }) => each.event).toSorted();
}

async function namesOnServer(): Promise<string[]> {
  const { items } = (await ana("/api/v1/campaigns")).json();
  return items.map((each: { name: string }) => each.name).toSorted();
}

const once = ["campaign.create", "campaign.create", "campaign.edit"];
const names = ["At the stand, day two", "On the way"];

describe("[S42] work that was handed over takes effect once", () => {
  const orders = {
    "when who gave it is online first": (a, b) => [a, b, a, b],
    "when who took it is online first": (a, b) => [b, a, b, a],
  } satisfies Record<string, (a: CarryingDevice, b: CarryingDevice) => CarryingDevice[]>;

  test.each(Object.entries(orders))("%s", async (_, order) => {
    const [giver, taker] = [aDevice(), aDevice()];
    await taker.core.write(creation(randomUUIDv7(), "The taker's own"));
    await workOffline(giver);
    await handOver(giver, taker);
    expect(await taker.db.campaign.count()).toBe(3);
    expect(await giver.db.outbox.count()).toBe(3);
    for (const device of order(giver, taker)) await device.exchange();
    expect(await namesOnServer()).toEqual([...names, "The taker's own"].toSorted());
    expect(await eventsOnServer()).toEqual(["campaign.create", ...once].toSorted());
    for (const { db, core } of [giver, taker]) {
      expect(await db.outbox.count()).toBe(0);
      expect(await db.inbox.count()).toBe(0);
      expect(await db.campaign.count()).toBe(3);
      expect(core.status).toBe("live");
    }
  });

  test("when the server hears a part of it from each", async () => {
    const [giver, taker] = [aDevice(), aDevice()];
    await workOffline(giver);
    const work = await collectWork(giver.db);
    await take(taker, { ...work, commands: work.commands.slice(0, 2) });
    await taker.exchange();
    await giver.exchange();
    await take(taker, work);
    await taker.exchange();
    expect(await namesOnServer()).toEqual(names);
    expect(await eventsOnServer()).toEqual(once);
    expect(await taker.db.outbox.count()).toBe(0);
  });

  test("and stays on the tablet that gave it until the server says that it arrived", async () => {
    const [giver, taker] = [aDevice(), aDevice()];
    await workOffline(giver);
    await handOver(giver, taker);
    const [first] = await giver.db.outbox.toArray();
    expect(first?.copied).toEqual({ how: "handedOver", at: now });
    expect(await giver.core.discard(first?.mid ?? 0)).toBe(false);
    // What is typed on goes as a command of its own: the other tablet has the first as it was.
    const id = first?.act.args.id ?? "";
    await giver.core.write(renaming(id, "At the stand, day two", "Again"), { amends: true });
    expect(await giver.db.outbox.count()).toBe(4);
    await taker.exchange();
    await giver.exchange();
    expect(await giver.db.outbox.count()).toBe(0);
    expect(await namesOnServer()).toEqual(["Again", "On the way"]);
  });
});

describe("[S42] a file of unsent work", () => {
  test("brings back what was lost with the browser's storage", async () => {
    const lost = aDevice();
    await workOffline(lost);
    const work = await byFile(await collectWork(lost.db));
    await lost.db.delete();
    const fresh = aDevice();
    await fresh.exchange();
    expect(await take(fresh, work)).toEqual({
      ok: true,
      value: { commands: 3, cards: 0, known: 0 },
    });
    expect((await fresh.db.campaign.toArray()).map(({ doc }) => doc.name).toSorted()).toEqual(
      names,
    );
    await fresh.exchange();
    expect(await namesOnServer()).toEqual(names);
  });

  test("adds nothing where its work still waits, or was sent", async () => {
    const device = aDevice();
    await workOffline(device);
    const work = await collectWork(device.db);
    const nothing = { ok: true, value: { commands: 0, cards: 0, known: 3 } };
    expect(await take(device, work)).toEqual(nothing);
    await device.exchange();
    expect(await take(device, work)).toEqual(nothing);
    await device.exchange();
    expect(await eventsOnServer()).toEqual(once);
  });

  test("holds the cards of Needs attention, with what was typed", async () => {
    const device = aDevice();
    const id = randomUUIDv7();
    await device.core.write(creation(id, "Meanwhile deleted"));
    await device.exchange();
    expect((await ana(`/api/v1/campaigns/${id}`, { method: "DELETE" })).statusCode).toBe(204);
    await device.core.write(renaming(id, "Meanwhile deleted", "Typed too late"));
    await device.exchange();
    const cards = await device.db.inbox.toArray();
    expect(cards).toMatchObject([{ refusal: { type: "gone" } }]);
    const fresh = aDevice();
    await take(fresh, await byFile(await collectWork(device.db)));
    expect(await fresh.db.inbox.toArray()).toEqual(cards);
    expect(cards[0]?.mine).toMatchObject({ name: "Typed too late" });
  });

  test("tells once more of what was refused and read, when it is taken in again", async () => {
    const device = aDevice();
    const id = randomUUIDv7();
    await device.core.write(creation(id, "Meanwhile deleted"));
    await device.exchange();
    expect((await ana(`/api/v1/campaigns/${id}`, { method: "DELETE" })).statusCode).toBe(204);
    await device.core.write(renaming(id, "Meanwhile deleted", "Typed too late"));
    const work = await collectWork(device.db);
    await device.exchange();
    const cards = await device.db.inbox.toArray();
    expect(cards).toMatchObject([{ refusal: { type: "gone" } }]);
    await dismissCard(device.db, cards[0]?.id ?? "");
    const again = { ok: true, value: { commands: 1, cards: 0, known: 0 } };
    expect(await take(device, work)).toEqual(again);
    await device.exchange();
    expect(await device.db.inbox.toArray()).toMatchObject([
      { id: cards[0]?.id, refusal: { type: "gone" }, act: cards[0]?.act },
    ]);
    expect(await device.db.outbox.count()).toBe(0);
  });

  test("is refused whole when it is too old, or of a newer app", async () => {
    const [device, fresh] = [aDevice(), aDevice()];
    await workOffline(device);
    const work = await collectWork(device.db);
    expect(await take(fresh, work, now - oldestWorkMs - 1)).toMatchObject({
      ok: false,
      error: { detail: { message: expect.stringContaining("90 days") } },
    });
    const newer = work.commands.map((each, i) => (i === 2 ? { ...each, v: 99 } : each));
    expect(await take(fresh, { ...work, commands: newer })).toMatchObject({
      ok: false,
      error: { detail: { message: "campaign.edit is of a newer app" } },
    });
    expect(await fresh.db.outbox.count()).toBe(0);
    expect(await fresh.db.campaign.count()).toBe(0);
  });
});
