// What every store promises about devices, held against each way of running it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dayMs } from "#domain/core/time.ts";
import type { Contact } from "#server/store/device-store.ts";
import { openInlineStore } from "#server/store/sqlite/inline.ts";
import { openThreadedStore } from "#server/store/sqlite/threaded.ts";
import type { Store } from "#server/store/store.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const ways = {
  "in line": async (file: string) => openInlineStore(file),
  "in threads": async (file: string) => openThreadedStore(file),
} as const;

const now = Date.UTC(2026, 10, 1);

function aContact(over: Partial<Contact> = {}): Contact {
  return {
    workspace: "w1",
    device: "d1",
    user: "ana",
    session: "s1",
    instance: "a",
    next: null,
    unsent: 0,
    app: "0.1.0",
    name: "Chrome on Android tablet",
    leaseUntil: now + 14 * dayMs,
    now,
    ...over,
  };
}

describe.each(Object.entries(ways))("a store %s", (_, openFile) => {
  let folder: string;
  let store: Store;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "fieldcast-devices-"));
    store = await openFile(join(folder, "fieldcast.sqlite"));
  });

  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const device = (id = "d1") => store.devices.device({ workspace: "w1", id });
  const lines = async () => {
    return store.reports.activity({
      workspace: "w1",
      campaignId: null,
      from: null,
      to: null,
      before: null,
      limit: 10,
    });
  };

  test("[S34] knows a device from its first contact, and renews its lease at each", async () => {
    await store.devices.meet(aContact());
    const later = { now: now + dayMs, leaseUntil: now + 15 * dayMs, unsent: 3, app: "0.2.0" };
    const met = await store.devices.meet(aContact({ ...later, name: "Another name" }));
    expect(met).toEqual({ outcome: "known", instance: "a", past: null });
    expect(await device()).toEqual({
      workspace: "w1",
      id: "d1",
      user: "ana",
      name: "Chrome on Android tablet",
      app: "0.2.0",
      firstAt: now,
      seenAt: now + dayMs,
      leaseUntil: now + 15 * dayMs,
      unsent: 3,
      revoked: null,
    });
    expect(await device("d2")).toBeNull();
    expect(await store.devices.device({ workspace: "w2", id: "d1" })).toBeNull();
  });

  test("what a device does not say stays as it last said", async () => {
    await store.devices.meet(aContact({ unsent: 4 }));
    await store.devices.meet(aContact({ unsent: null, app: null }));
    expect(await device()).toMatchObject({ unsent: 4, app: "0.1.0" });
  });

  test("lists one person's devices, or everybody's, those heard of last first", async () => {
    await store.devices.meet(aContact());
    await store.devices.meet(aContact({ device: "d2", user: "ben", now: now + 1 }));
    await store.devices.meet(aContact({ device: "d3", workspace: "w2" }));
    const ids = async (user: string | null) =>
      (await store.devices.devices({ workspace: "w1", user })).map(({ id }) => id);
    expect(await ids(null)).toEqual(["d2", "d1"]);
    expect(await ids("ana")).toEqual(["d1"]);
  });

  test("[S36] a stale nonce is a fork, and changes nothing", async () => {
    await store.devices.meet(aContact({ next: "b" }));
    await store.devices.meet(aContact({ instance: "b", next: "c" }));
    expect(await store.devices.meet(aContact({ instance: "b", next: "d", unsent: 9 }))).toEqual({
      outcome: "fork",
    });
    expect(await device()).toMatchObject({ unsent: 0 });
    const again = await store.devices.meet(aContact({ instance: "b", next: "c" }));
    expect(again).toEqual({ outcome: "known", instance: "c", past: "b" });
  });

  test("[S36] another person's id is a fork", async () => {
    await store.devices.meet(aContact());
    expect(await store.devices.meet(aContact({ user: "ben" }))).toEqual({ outcome: "fork" });
    expect(await device()).toMatchObject({ user: "ana" });
  });

  test("[S35] a revoked device stays so; what it says is lost is what it said first", async () => {
    await store.devices.meet(aContact());
    const act = { workspace: "w1", id: "d1", by: "ben", unsent: 5, now: now + 1 };
    const done = await store.devices.revoke(act);
    expect(done).toMatchObject({ session: "s1", device: { unsent: 5 } });
    expect(done?.device.revoked).toEqual({
      at: now + 1,
      by: "ben",
      reason: "revoked",
      toldAt: null,
    });
    await store.devices.revoke({ ...act, by: "cem", now: now + 2 });
    expect(await device()).toMatchObject({ revoked: { at: now + 1, by: "ben" } });
    const call = aContact({ unsent: 7, now: now + 3 });
    expect(await store.devices.meet(call)).toEqual({ outcome: "revoked" });
    expect(await store.devices.meet({ ...call, unsent: 0, now: now + 4 })).toEqual({
      outcome: "revoked",
    });
    expect(await device()).toMatchObject({ unsent: 7, seenAt: now, revoked: { toldAt: now + 3 } });
    expect((await store.devices.revoked({})).map(({ id }) => id)).toEqual(["d1"]);
    expect(await store.devices.revoke({ ...act, id: "d2" })).toBeNull();
  });

  test("[S45] what was revoked since a copy was made is revoked again, known there or not", async () => {
    const about = { rev: 1, name: "Acme", access: { fieldMaySend: false }, createdAt: now };
    const workspace = { id: "w1", ...about };
    const admin = { user: "ana", name: "Ana", email: "ana@example.org" };
    await store.access.createWorkspace({ workspace, admin, onlyFirst: true, now });
    await store.devices.meet(aContact());
    await store.devices.meet(aContact({ device: "d2" }));
    const act = { workspace: "w1", id: "d2", by: "ben", unsent: 1, now: now + 1 };
    await store.devices.revoke(act);
    const at = now + 5;
    const known = { workspace: "w1", user: "ana", name: "Tablet", unsent: 4, at, by: "cem" };
    const devices = [
      { ...known, id: "d1", reason: "revoked" },
      { ...known, id: "d2", reason: "revoked" },
      { ...known, id: "d3", reason: "left" },
      { ...known, id: "d4", reason: "left", workspace: "w9" },
    ] as const;
    expect(await store.devices.revokeAgain({ devices })).toBe(2);
    expect(await device("d1")).toMatchObject({ unsent: 4, revoked: { at, by: "cem" } });
    expect(await device("d2")).toMatchObject({ unsent: 1, revoked: { at: now + 1, by: "ben" } });
    expect(await device("d3")).toMatchObject({ name: "Tablet", revoked: { reason: "left" } });
    expect(await store.devices.meet(aContact({ device: "d3" }))).toEqual({ outcome: "revoked" });
    expect((await store.devices.revoked({})).map(({ id }) => id)).toEqual(["d1", "d2", "d3"]);
  });

  test("naming and revoking are told in the activity, once each", async () => {
    await store.devices.meet(aContact());
    const act = { workspace: "w1", id: "d1", by: "ana", now };
    expect(await store.devices.rename({ ...act, name: "Stand 4" })).toMatchObject({
      name: "Stand 4",
    });
    await store.devices.rename({ ...act, name: "Stand 4" });
    await store.devices.revoke({ ...act, unsent: null });
    await store.devices.revoke({ ...act, unsent: null });
    expect(await store.devices.rename({ ...act, id: "d2", name: "No" })).toBeNull();
    const told = (await lines()).map(({ event, by, detail }) => [event, by, detail]);
    expect(told.toReversed()).toEqual([
      ["device.renamed", "ana", { was: "Chrome on Android tablet", name: "Stand 4" }],
      ["device.revoked", "ana", { name: "Stand 4", user: "ana", unsent: 0 }],
    ]);
  });

  test("who leaves the workspace leaves it on every device", async () => {
    const workspace = {
      id: "w1",
      rev: 1,
      name: "Acme",
      access: { fieldMaySend: false },
      createdAt: now,
    };
    const admin = { user: "ana", name: "Ana", email: "ana@example.com" };
    await store.access.createWorkspace({ workspace, admin, onlyFirst: true, now });
    const ben = {
      workspace: "w1",
      user: "ben",
      role: "field",
      name: "Ben",
      email: "b@x.org",
    } as const;
    await store.access.addMember({ membership: ben, by: "ana", now });
    await store.devices.meet(aContact());
    await store.devices.meet(aContact({ device: "d2", user: "ben" }));
    await store.access.removeMember({ workspace: "w1", user: "ben", by: "ana", now: now + 1 });
    expect(await device("d2")).toMatchObject({ revoked: { at: now + 1, reason: "left" } });
    expect(await device("d1")).toMatchObject({ revoked: null });
  });

  test("[S36] a restored server believes every nonce once", async () => {
    await store.devices.meet(aContact({ next: "b" }));
    await store.admin.adopt({ beside: null, isCopy: true, now });
    expect(await store.devices.meet(aContact({ instance: "y", next: "z" }))).toMatchObject({
      outcome: "known",
    });
    expect(await store.devices.meet(aContact({ instance: "q" }))).toEqual({ outcome: "fork" });
  });
});
