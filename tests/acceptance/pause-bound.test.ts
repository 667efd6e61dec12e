// How much still goes out after a pause: on the real server no more than was at work when the pause was
// answered, and in the engine with its threads nothing that begins a quarter of a second later.
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { ok } from "#domain/core/result.ts";
import { createEngine } from "#server/delivery/engine.ts";
import { openContentCheck, openTemplates } from "#server/delivery/templates.ts";
import { openThreadedStore } from "#server/store/sqlite/threaded.ts";
import type { Store } from "#server/store/store.ts";
import { testKeys, testLinks, testTrackedLinks } from "../support/delivery/drive.ts";
import { deliveredAtOnce, openFake } from "../support/delivery/fake-carrier.ts";
import { RestClient, waitFor } from "../support/delivery/rest-client.ts";
import { everybody, send, sendElsewhere, webhookAccount } from "../support/delivery/sending.ts";
import { readWaiting } from "../support/delivery/waiting.ts";
import { WebhookSink } from "../support/delivery/webhook-sink.ts";
import { smsAccountId } from "../support/delivery/fallen.ts";
import {
  aCampaign,
  anAccount,
  manyContacts,
  openTestStore,
  seedContacts,
  seedDocuments,
  setPhase,
  workspace,
} from "../support/delivery/world.ts";
import { RealServer } from "../support/real-server.ts";
import { measureWorkedTime } from "../support/worked-time.ts";

let closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.toReversed()) await close();
  closing = [];
});

test(
  "S1-D5 S0-44 after a pause was answered no more calls come than were at work, and none after those, however often it is resumed",
  { timeout: 180_000 },
  async () => {
    const concurrency = 4;
    const [server, sink] = await Promise.all([
      RealServer.open(),
      WebhookSink.open({ latencyMs: 20, ignoresKeys: true }),
    ]);
    closing.push(
      () => sink.close(),
      () => server.close(),
    );
    const calls = () => [...sink.calls.values()].reduce((sum, n) => sum + n, 0);
    const api = await RestClient.setUp(server);
    const emails = Array.from({ length: 2_000 }, (_, n) => `p${n}@example.org`);
    const audience = await everybody(api, emails);
    // Where no key is honoured no more is claimed than can start at once.
    const settings = { ignoresKeys: true };
    const limits = { concurrency, perSecond: 100 };
    const slow = await webhookAccount(api, sink.url, { settings, limits });
    const id = await send(api, audience, slow, "Paused");
    for (let round = 0; round < 4; round++) {
      const before = calls();
      await waitFor(
        async () => calls() - before,
        (n) => n >= 20,
      );
      await api.post(`/campaigns/${id}/pause`);
      const answered = calls();
      // Metrics count what was claimed until it came to its end, begun or not.
      await waitFor(
        () => readWaiting(server),
        ({ messages }) => (messages["sending"] ?? 0) === 0,
      );
      const atRest = calls();
      expect(atRest - answered).toBeLessThanOrEqual(concurrency);
      await sendElsewhere(api);
      expect(calls()).toBe(atRest);
      expect(await api.get(`/campaigns/${id}`)).toMatchObject({ phase: "paused" });
      await api.post(`/campaigns/${id}/resume`);
    }
    await api.post(`/campaigns/${id}/cancel`);
  },
);

test.each(["own", "fallback"] as const)(
  "S0-44 by its %s channel no call begins later than 250 ms after the commit of a pause, nor the first one after that of a resume, as far as the machine lets it work",
  { timeout: 120_000 },
  async (way) => {
    const starts: number[] = [];
    const began = async () => {
      starts.push(performance.now());
      await sleep(2);
      return deliveredAtOnce;
    };
    const store = await sending(began, way);
    for (let round = 0; round < 5; round++) {
      const before = starts.length;
      await waitFor(
        async () => starts.length - before,
        (n) => n >= 200,
      );
      const worked = measureWorkedTime(() => store.admin.ping({}));
      await setPhase(store, { phase: "paused", pausedFrom: "active", pauseReason: "user" });
      const committedAt = performance.now();
      while (worked.between(committedAt, performance.now()) < 600) await sleep(20);
      const late = starts
        .filter((at) => at > committedAt)
        .map((at) => worked.between(committedAt, at))
        .filter((ms) => ms > 250);
      expect(late).toEqual([]);
      await setPhase(store, { phase: "active", pausedFrom: null, pauseReason: null });
      const resumedAt = performance.now();
      const first = await waitFor(
        async () => starts.find((at) => at > resumedAt),
        (at) => at !== undefined,
      );
      await worked.stop();
      expect(worked.between(resumedAt, first ?? Infinity)).toBeLessThanOrEqual(250);
    }
  },
);

/** The engine with its own timers, over a store in threads, at work on a campaign. */
async function sending(
  call: Parameters<typeof openFake>[0]["send"],
  way: "own" | "fallback",
): Promise<Store> {
  const folder = await mkdtemp(join(tmpdir(), "fieldcast-pause-"));
  const path = join(folder, "fieldcast.db");
  const seeded = openTestStore(path);
  // Whoever has no address gets a text message.
  const people = manyContacts(6_000).map(() => (way === "own" ? {} : { email: null }));
  seedContacts(seeded.db, people);
  const second = anAccount({ id: smsAccountId, channel: "sms", name: "Texts" });
  const writes = [{ kind: "account" as const, id: second.id, doc: second }];
  await seeded.store.sync.commitWrites({ workspace, expect: [], writes, activity: null, now: 0 });
  const fallback = { accountId: smsAccountId, text: "Call us." };
  await seedDocuments(seeded.store, { campaign: aCampaign({ fallback }) });
  await seeded.store.close();
  const store = await openThreadedStore(path);
  const carrier = {
    send: call,
    check: async () => ok("It answers."),
    close: async () => undefined,
  };
  const limits = { concurrency: 50, perSecond: 1_000 };
  const engine = createEngine({
    store,
    carriers: { open: async () => openFake(carrier, { limits }) },
    keys: testKeys,
    leaveLinks: testLinks,
    trackedLinks: testTrackedLinks,
    templates: openTemplates(),
    checkContent: openContentCheck(),
    clock: Date.now,
    random: Math.random,
    boot: randomUUID(),
    log: { warn: () => undefined, error: () => undefined },
    keyed: ["sandbox"],
  });
  store.onMove(() => engine.wake());
  engine.start();
  closing.push(
    () => rm(folder, { recursive: true }),
    () => store.close(),
    () => engine.stop(),
  );
  return store;
}
