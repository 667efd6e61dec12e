import "fake-indexeddb/auto";
import { emptyContent } from "#domain/campaign/campaign.ts";
import type { Act } from "#domain/sync/command.ts";
import { expect, test } from "vitest";
import { Registry, type SignedIn } from "../db/registry.ts";
import { createApi, failure } from "./api.ts";
import { createSyncCore } from "./core.ts";
import { openLateSync, type LateSync, type OpenDeviceSync } from "./late-sync.ts";
import { newId } from "./new-id.ts";

const unreachable = async () => ({ ok: false, error: failure("unreachable") }) as const;

/** Syncing without what only a page has: sockets, locks, tabs. */
const openDeviceSync: OpenDeviceSync = (db, { user, role, access }) => {
  const core = createSyncCore({
    db,
    transport: { push: unreachable, pull: unreachable },
    clock: { wall: Date.now, monotonic: () => performance.now() },
    newId,
    actor: () => ({ user: user.id, role, access }),
  });
  return {
    core,
    become: () => undefined,
    write: (act) => core.write(act),
    syncNow: () => undefined,
    close: async () => db.close(),
  };
};

const ignore = () => undefined;
const offline = () => Promise.reject(new TypeError("failed to fetch"));
const asked = () => new Promise<void>(() => undefined);

type Load = () => Promise<{ readonly openDeviceSync: OpenDeviceSync }>;

async function aDevice(load: Load, drawn = asked()): Promise<LateSync> {
  const who: SignedIn = {
    user: { id: newId(), name: "Ana", email: "ana@example.org" },
    workspace: { id: newId(), name: "Acme" },
    role: "admin",
    access: { fieldMaySend: false },
  };
  const api = createApi({ fetch: offline, base: "", newId });
  const deps = {
    api,
    newId,
    onReport: ignore,
    onOtherStanding: ignore,
    onEnded: ignore,
    registry: new Registry(`registry-${newId()}`),
    onLeaseOver: ignore,
    app: "1",
    load,
    drawn,
  };
  return openLateSync(who, deps);
}

function aDraft(): Act {
  const content = emptyContent;
  const parts = { content, audienceId: null, accountId: null };
  return {
    name: "campaign.create",
    args: { id: newId(), type: "email", name: "Spring", ...parts },
  };
}

test("what a person does before the sync has come waits for it and is kept", async () => {
  const arrived = Promise.withResolvers<Awaited<ReturnType<Load>>>();
  const device = await aDevice(() => arrived.promise);
  const writing = device.write(aDraft());
  expect(await device.db.outbox.count()).toBe(0);
  arrived.resolve({ openDeviceSync });
  expect(await writing).toEqual({ ok: true, value: 1 });
  expect(await device.db.outbox.count()).toBe(1);
  await device.close({ forget: false });
});

test("where the sync cannot come the person is told, and the next trial finds it", async () => {
  const way: { load: Load } = { load: offline };
  const device = await aDevice(() => way.load());
  expect(await device.write(aDraft())).toMatchObject({ ok: false, error: { type: "invalid" } });
  way.load = async () => ({ openDeviceSync });
  expect(await device.write(aDraft())).toEqual({ ok: true, value: 1 });
  await device.close({ forget: false });
});

test("the sync comes by itself once the page is drawn, and knows what was learned before", async () => {
  const opened = Promise.withResolvers<ReturnType<OpenDeviceSync>>();
  const load: Load = async () => ({
    openDeviceSync: (...given) => {
      const sync = openDeviceSync(...given);
      opened.resolve(sync);
      return sync;
    },
  });
  const drawing = Promise.withResolvers<void>();
  const device = await aDevice(load, drawing.promise);
  device.learn({ reach: "signed-out" });
  drawing.resolve();
  const { core } = await opened.promise;
  await expect.poll(() => core.status).toBe("signed-out");
  await device.close({ forget: false });
});
