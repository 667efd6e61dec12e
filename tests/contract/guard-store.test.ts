// What every store promises about how accounts stand and what the system pauses, held against
// each way of running it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Account } from "#domain/campaign/account.ts";
import { hourMs } from "#domain/core/time.ts";
import { closedBreaker, type Breaker } from "#domain/message/breaker.ts";
import { nothingLearned } from "#domain/message/pacing.ts";
import type { AccountState } from "#server/store/guard-store.ts";
import { openInlineStore } from "#server/store/sqlite/inline.ts";
import { openThreadedStore } from "#server/store/sqlite/threaded.ts";
import type { Store } from "#server/store/store.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  accountId,
  aCampaign,
  anAccount,
  campaignId,
  readCampaign,
  seedDocuments,
  setPhase,
  startOfTime as now,
  workspace,
} from "../support/delivery/world.ts";

const ways = {
  "in line": async (file: string) => openInlineStore(file),
  "in threads": async (file: string) => openThreadedStore(file),
} as const;

const open: Breaker = {
  state: "open",
  failures: 5,
  reason: "network_error",
  detail: "no route",
  since: now,
  retryAt: now + 60_000,
  probes: 1,
};

function aState(breaker: Breaker): AccountState {
  return {
    breaker,
    learned: { rate: 12.5, from: 25, at: now },
    blockedUntil: now + 1_000,
    ramp: 4,
    tokens: 0.25,
    claimedAt: now,
    domains: [],
  };
}

describe.each(Object.entries(ways))("a store %s", (_, openFile) => {
  let folder: string;
  let store: Store;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "fieldcast-store-"));
    store = await openFile(join(folder, "fieldcast.sqlite"));
    await seedDocuments(store, { campaign: aCampaign({ phase: "active" }) });
  });

  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const keep = (breaker: Breaker, at = now): Promise<void> =>
    store.delivery.keepAccount({ workspace, accountId, state: aState(breaker), now: at });
  const account = async (): Promise<Account | undefined> =>
    (await store.sync.list({ workspace, kind: "account" }))[0];

  test("remembers how an account stands, over a restart too, and of a new one nothing", async () => {
    expect(await store.delivery.accountState({ workspace, accountId })).toBeNull();
    await keep(open);
    expect(await store.delivery.accountState({ workspace, accountId })).toEqual(aState(open));
    await store.close();
    store = await openFile(join(folder, "fieldcast.sqlite"));
    expect(await store.delivery.accountState({ workspace, accountId })).toEqual(aState(open));
    const idle: AccountState = { ...aState(closedBreaker), learned: nothingLearned };
    await store.delivery.keepAccount({ workspace, accountId, state: idle, now });
    expect(await store.delivery.accountState({ workspace, accountId })).toEqual(idle);
  });

  test("remembers how far a sender's warm-up has come and which domains rest, over a restart too", async () => {
    const sender = "news@example.org";
    expect(await store.delivery.warmth({ workspace, sender })).toBeNull();
    const warmth = { level: 2, dayAt: now, used: 70, setBacks: 1 };
    const rests = ["a.example", "b.example"].map((domain) => ({
      domain,
      asked: 2,
      until: now + 120_000,
      achieved: 1.5,
    }));
    const state = { ...aState(closedBreaker), sender: { sender, ...warmth }, domains: rests };
    await store.delivery.keepAccount({ workspace, accountId, state, now });
    await store.close();
    store = await openFile(join(folder, "fieldcast.sqlite"));
    expect(await store.delivery.warmth({ workspace, sender })).toEqual(warmth);
    expect(await store.delivery.warmth({ workspace: accountId, sender })).toBeNull();
    expect(await store.delivery.accountState({ workspace, accountId })).toMatchObject({
      domains: rests,
    });
    const over = [{ domain: "a.example", asked: 0, until: 0, achieved: 0 }];
    const later = { ...aState(closedBreaker), domains: over };
    await store.delivery.keepAccount({ workspace, accountId, state: later, now });
    expect(await store.delivery.accountState({ workspace, accountId })).toMatchObject({
      domains: rests.slice(1),
    });
    expect(await store.delivery.warmth({ workspace, sender })).toEqual(warmth);
  });

  test("shows everybody why an account stands still, and that it sends again, without a new revision", async () => {
    await keep(open);
    expect(await account()).toMatchObject({
      rev: anAccount().rev,
      standing: { state: "open", pauseReason: "breaker", detail: "no route", since: now },
    });
    await keep(closedBreaker);
    expect(await account()).toMatchObject({ rev: anAccount().rev, standing: null });
  });

  test("an account that is edited keeps how it stands, and one of another workspace is not touched", async () => {
    await keep(open);
    const doc = anAccount({ rev: 2, name: "New name" });
    await store.delivery.saveAccount({
      workspace,
      account: doc,
      rev: 1,
      sealed: "s",
      by: null,
      now,
    });
    expect(await account()).toMatchObject({ name: "New name", standing: { state: "open" } });
    const elsewhere = { workspace: "00000000-0000-7000-8000-0000000000ff", accountId };
    expect(await store.delivery.accountState(elsewhere)).toBeNull();
  });

  test("pauses every active campaign for a reason and resumes those of that reason only", async () => {
    const other = "00000000-0000-7000-8000-0000000000c2";
    const byHand = aCampaign({
      id: other,
      phase: "paused",
      pauseReason: "user",
      pausedFrom: "active",
    });
    await seedDocuments(store, { campaign: byHand });
    expect(await store.delivery.standStill({ reason: "disk", now })).toBe(1);
    expect(await readCampaign(store)).toMatchObject({ phase: "paused", pauseReason: "disk" });
    await store.delivery.proveSpace({ now });
    expect(await store.delivery.goOn({ reason: "disk", now })).toBe(1);
    expect(await readCampaign(store)).toMatchObject({ phase: "active", pauseReason: null });
    expect(await readCampaign(store, other)).toMatchObject({ phase: "paused" });
  });

  test("S1-D4 warns of a pause that ends, once, and cancels its campaign at the end", async () => {
    const standing = { phase: "paused", pauseReason: "breaker", pausedFrom: "active" } as const;
    await setPhase(store, { ...standing, pausedAt: now });
    const look = (at: number) => store.delivery.endPauses({ warnMs: 24 * hourMs, now: at });
    expect(await look(now)).toBe(now + 48 * hourMs);
    expect(await look(now + 48 * hourMs)).toBe(now + 72 * hourMs);
    await look(now + 49 * hourMs);
    expect(await look(now + 72 * hourMs)).toBeNull();
    expect(await readCampaign(store)).toMatchObject({ phase: "canceled", pauseReason: null });
    const all = { workspace, campaignId, from: null, to: null, before: null, limit: 20 };
    const events = (await store.reports.activity(all)).map(({ event }) => event);
    expect(events.filter((event) => event === "engine.expiring")).toHaveLength(1);
    expect(events).toContain("engine.expired");
  });

  test("S1-D4 a pause that a clock ahead by years dated ends after its time on the clock that is right", async () => {
    const standing = { phase: "paused", pauseReason: "breaker", pausedFrom: "active" } as const;
    await setPhase(store, { ...standing, pausedAt: now + 3_650 * 24 * hourMs });
    const look = (at: number) => store.delivery.endPauses({ warnMs: 24 * hourMs, now: at });
    expect(await look(now)).toBe(now + 48 * hourMs);
    expect(await readCampaign(store)).toMatchObject({ phase: "paused", pausedAt: now });
    expect(await look(now + 72 * hourMs)).toBeNull();
    expect(await readCampaign(store)).toMatchObject({ phase: "canceled" });
  });
});
