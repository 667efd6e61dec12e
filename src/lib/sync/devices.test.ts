// Devices against the real rules and storage of the server: revoked ones, and copies of a profile.
import "fake-indexeddb/auto";
import { defaultAccessSettings } from "#domain/access/permission.ts";
import { emptyContent, type Campaign } from "#domain/campaign/campaign.ts";
import { err, ok } from "#domain/core/result.ts";
import { dayMs } from "#domain/core/time.ts";
import type { Act } from "#domain/sync/command.ts";
import { createDevices, type Sender } from "#server/access/devices.ts";
import { createCommands } from "#server/commands/apply.ts";
import { applyPush } from "#server/commands/push.ts";
import { openContentCheck } from "#server/delivery/templates.ts";
import { createPuller } from "#server/live/pull.ts";
import { openInlineStore } from "#server/store/sqlite/inline.ts";
import { afterEach, describe, expect, test } from "vitest";
import { saveActivity } from "../db/activity.ts";
import { savePart, saveReport } from "../db/blocks.ts";
import { ClientDb } from "../db/client-db.ts";
import { saveDraft } from "../db/draft.ts";
import { openSeal } from "../db/seal.ts";
import { createSyncCore, type Ending, type SyncCore } from "./core.ts";
import type { Transport } from "./transport.ts";
import { failure } from "./api.ts";

const workspace = "00000000-0000-7000-8000-000000000001";
const user = "00000000-0000-7000-8000-000000000002";
const actor = { user, role: "admin", access: defaultAccessSettings } as const;

let made = 0;
function newId(): string {
  made += 1;
  return `00000000-0000-7000-9000-${String(made).padStart(12, "0")}`;
}

let now = 1_800_000_000_000;
const clock = () => (now += 10);

function aServer() {
  const store = openInlineStore(":memory:");
  const devices = createDevices({ store, clock, endSession: async () => undefined });
  const commands = createCommands({ store, clock, checkContent: openContentCheck() });
  const puller = createPuller({ store, clock });
  const admit = async (sender: Sender) => {
    const holder = { workspace, user, access: defaultAccessSettings, session: "s" };
    const met = await devices.meet(holder, sender, "");
    if (met.outcome === "known") return ok(met.leaseUntil);
    const detail = met.outcome === "revoked" ? met.why : "";
    return err({ ...failure(met.outcome), detail });
  };
  const transport: Transport = {
    push: async (request) => {
      const met = await admit(request);
      if (!met.ok) return met;
      const done = await applyPush(commands, { workspace, ...actor }, request);
      return ok({ ...done, time: clock(), epoch: await puller.epoch() });
    },
    pull: async (request) => {
      const met = await admit(request);
      if (!met.ok) return met;
      return ok({ ...(await puller.pull({ ...request, workspace, user })), lease: met.value });
    },
  };
  const campaigns = () => store.sync.list({ workspace, kind: "campaign" });
  return { store, devices, transport, campaigns };
}

type Server = ReturnType<typeof aServer>;

const open: ClientDb[] = [];
afterEach(async () => {
  for (const db of open.splice(0)) await db.delete();
});

function aDevice(transport: Transport, name = newId()) {
  const db = new ClientDb(name);
  open.push(db);
  const endings: Ending[] = [];
  const leases: [number, number][] = [];
  const core = createSyncCore({
    db,
    transport,
    clock: { wall: clock, monotonic: clock },
    newId,
    actor: () => actor,
    app: "0.1.0",
    onEnded: (ending) => void endings.push(ending),
    onLease: (until, at) => void leases.push([until, at]),
  });
  return { db, core, endings, leases };
}

/** As an image of a tablet, or a profile that came out of a back-up. */
async function copyOf(db: ClientDb, transport: Transport) {
  const copy = aDevice(transport);
  await copy.db.open();
  for (const table of db.tables) await copy.db.table(table.name).bulkPut(await table.toArray());
  return copy;
}

async function settle(core: SyncCore): Promise<void> {
  for (let i = 0; i < 30; i++) {
    const pushed = await core.pushOnce();
    const pulled = await core.pullOnce();
    if (pushed.outcome === "idle" && pulled.outcome === "idle") return;
  }
  throw new Error("it did not come to rest");
}

function create(name: string): Act {
  const args = { id: newId(), type: "email", name, content: emptyContent } as const;
  return { name: "campaign.create", args: { ...args, audienceId: null, accountId: null } };
}

const names = (list: readonly Campaign[]) => list.map(({ name }) => name).toSorted();

async function onlyDevice({ devices }: Server) {
  const [one] = await devices.list(workspace, null);
  if (one === undefined) throw new Error("no device is known");
  return one;
}

describe("a device", () => {
  test("[S34] is known from its first contact, with what it says of itself", async () => {
    const server = aServer();
    const { core, leases } = aDevice(server.transport);
    await core.write(create("One"));
    await core.pullOnce();
    expect(await onlyDevice(server)).toMatchObject({ user, app: "0.1.0", unsent: 1 });
    const [until = 0, at = 0] = leases.at(-1) ?? [];
    expect(until - at).toBeGreaterThan(13.99 * dayMs);
    await settle(core);
    expect(await onlyDevice(server)).toMatchObject({ unsent: 0 });
  });

  test("[S34] is written down once a minute, however often it calls", async () => {
    const server = aServer();
    const { core } = aDevice(server.transport);
    await core.pullOnce();
    const { seenAt } = await onlyDevice(server);
    for (let i = 0; i < 20; i++) await core.pullOnce();
    expect(await onlyDevice(server)).toMatchObject({ seenAt });
    now += 61_000;
    await core.pullOnce();
    expect((await onlyDevice(server)).seenAt).toBeGreaterThan(seenAt + 60_000);
  });
});

describe("a revoked device", () => {
  test("[S35] S4 I9 removes everything, says what was lost, and takes nothing any more", async () => {
    const server = aServer();
    const { db, core, endings } = aDevice(server.transport);
    await core.write(create("Sent"));
    await settle(core);
    await core.write(create("Never sent"));
    await openSeal(db, "work").seal("an address");
    // A second tab is in the middle of a live connection, and a pull of the first is on its way.
    const tab = aDevice(server.transport, db.name);
    const hello = await tab.core.hello();
    const page = await server.transport.pull(hello, async () => undefined);
    const { id } = await onlyDevice(server);
    await server.devices.revoke({ workspace, id, by: user });

    const step = await core.pushOnce();
    expect(step).toMatchObject({ outcome: "failed", failure: { kind: "revoked" } });
    expect(endings).toEqual([
      { why: expect.stringContaining("signed out"), lost: { "campaign.create": 1 } },
    ]);
    if (!page.ok) throw new Error("the page was answered before");
    expect(await tab.core.receive(page.value)).toEqual({ act: "stop", why: "revoked" });
    expect(await tab.core.pullOnce()).toMatchObject({ failure: { kind: "revoked" } });
    await expect(tab.core.write(create("Late"))).rejects.toThrow("signed out");
    await expect(core.write(create("Late"))).rejects.toThrow("signed out");
    await expect(openSeal(db, "work").seal("late")).rejects.toThrow("signed out");
    expect(tab.endings).toEqual([{ why: null, lost: {} }]);
    const left = await Promise.all(db.tables.map((table) => table.count()));
    expect(left.reduce((sum, n) => sum + n)).toBe(1);
    expect(names(await server.campaigns())).toEqual(["Sent"]);
    expect(await onlyDevice(server)).toMatchObject({ unsent: 1, revoked: { by: user } });
    expect((await onlyDevice(server)).revoked?.toldAt).not.toBeNull();
  });

  test("[S35] I9 keeps no late part of a report, no activity and no unsaved form either", async () => {
    const server = aServer();
    const { db, core } = aDevice(server.transport);
    await settle(core);
    const { id } = await onlyDevice(server);
    await server.devices.revoke({ workspace, id, by: user });
    await core.pullOnce();
    const campaignId = newId();
    const packed = { part: "static", first: 1, rows: 1, address: "a", name: "A" } as const;
    const asOf = { campaignId, asOf: 1, total: 1, blocks: [], bytes: 1, usedAt: 1 };
    expect(await savePart(db, { campaignId, n: 0, hash: "s", packed })).toBe(false);
    expect(await saveReport(db, { ...asOf, isComplete: true })).toBe(false);
    await saveActivity(db, campaignId, [], 1);
    await saveDraft(db, "campaign:new", { name: "Late" });
    const left = await Promise.all(db.tables.map((table) => table.count()));
    expect(left.reduce((sum, n) => sum + n)).toBe(1);
  });

  test("[S35] hears of it through its live connection", async () => {
    const server = aServer();
    const { db, core, endings } = aDevice(server.transport);
    await settle(core);
    await core.hello();
    const done = await core.receive({ t: "bye", why: "revoked", detail: "Ana signed it out." });
    expect(done).toEqual({ act: "stop", why: "revoked" });
    expect(endings).toEqual([{ why: "Ana signed it out.", lost: {} }]);
    expect(await db.workspace.count()).toBe(0);
  });
});

describe("a copied profile", () => {
  test("[S36] takes an id of its own; every command of both is done once", async () => {
    const server = aServer();
    const first = aDevice(server.transport);
    await first.core.write(create("Before"));
    await settle(first.core);
    await first.core.write(create("On both"));
    const copy = await copyOf(first.db, server.transport);
    await first.core.write(create("On the first"));
    await copy.core.write(create("On the copy"));
    // Both are started again, and both are online at once.
    const again = aDevice(server.transport, first.db.name);
    for (let i = 0; i < 12; i++) {
      for (const { core } of [again, copy]) await core.pullOnce();
      for (const { core } of [copy, again]) await core.pushOnce();
    }
    const all = ["Before", "On both", "On the copy", "On the first"];
    expect(names(await server.campaigns())).toEqual(all);
    for (const { db, core } of [again, copy]) {
      await settle(core);
      const shown = await db.campaign.toArray();
      expect(shown.map(({ doc }) => doc.name).toSorted()).toEqual(all);
      expect(await db.outbox.count()).toBe(0);
      expect(await db.inbox.count()).toBe(0);
    }
    const devices = await server.devices.list(workspace, null);
    expect(new Set(devices.map(({ id }) => id)).size).toBe(2);
  });

  test("[S36] a lost answer to a handshake makes no copy of anybody", async () => {
    const server = aServer();
    const lossy: Transport = {
      push: (request) => server.transport.push(request),
      pull: async (...said) => {
        await server.transport.pull(...said);
        return err({ kind: "timeout", retryAfterMs: null });
      },
    };
    const { db } = aDevice(server.transport);
    for (let i = 0; i < 3; i++) await aDevice(lossy, db.name).core.pullOnce();
    await settle(aDevice(server.transport, db.name).core);
    expect(await server.devices.list(workspace, null)).toHaveLength(1);
  });

  test("[S36] an answer of before that comes late changes nobody's id", async () => {
    const server = aServer();
    const { db, core } = aDevice(server.transport);
    const hello = await core.hello();
    const tab = aDevice(server.transport, db.name);
    await settle(tab.core);
    const before = await db.meta.toArray();
    await core.receive({ t: "bye", why: "fork" });
    expect(await db.meta.toArray()).toEqual(before);
    expect(hello.client).toBe(before[0]?.value.client);
  });

  test("[S36] after a restore of the server, what the old id sent is asked again, once", async () => {
    const server = aServer();
    const first = aDevice(server.transport);
    await first.core.write(create("Journal"));
    await settle(first.core);
    const copy = await copyOf(first.db, server.transport);
    await copy.core.pullOnce();
    await first.core.write(create("Later"));
    const again = aDevice(server.transport, first.db.name);
    await settle(again.core);
    // The same devices, but the server knows nothing of the last hours.
    const restored = aServer();
    const after = aDevice(restored.transport, first.db.name);
    await settle(after.core);
    expect(names(await restored.campaigns())).toEqual(["Journal", "Later"]);
    expect(await first.db.outbox.count()).toBe(0);
  });
});
