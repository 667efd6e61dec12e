// Breaker, guards and what resumes campaigns, through the engine's core on a real store.
import { expect, test } from "vitest";
import { hourMs, minuteMs } from "#domain/core/time.ts";
import type { Campaign } from "#domain/campaign/campaign.ts";
import { anId } from "../../tests/support/campaigns.ts";
import {
  createFakeCarrier,
  deliveredAtOnce,
  openFake,
  type FakeAccount,
} from "../../tests/support/delivery/fake-carrier.ts";
import {
  createClock,
  driveUntil,
  openCore,
  settleDown,
} from "../../tests/support/delivery/drive.ts";
import {
  accountId,
  aCampaign,
  campaignId,
  manyContacts,
  openTestStore,
  readCampaign,
  seedContacts,
  seedDocuments,
  setPhase,
  workspace,
} from "../../tests/support/delivery/world.ts";
import { err, ok, type Result } from "#domain/core/result.ts";
import { stateCodes, type MessageState } from "#domain/message/state.ts";
import type { Connection } from "../store/sqlite/database.ts";
import type { Outcome, SettingsProblem } from "../providers/provider.ts";

const other = anId(0xc2);
const words = { code: "", words: "" };
const down: Outcome = { outcome: "later", reason: "network_error", afterMs: null, ...words };
const wrongPassword: Outcome = { outcome: "refused", reason: "auth_failed", ...words };

interface Options {
  readonly contacts?: number;
  readonly campaigns?: readonly string[];
  readonly account?: FakeAccount;
  /** What the carrier answers, by the moment. */
  readonly answer: (call: number) => Outcome | Promise<Outcome>;
}

/** Campaigns through one account, whose carrier a test breaks and mends. */
async function someCampaigns({ contacts = 40, campaigns = [campaignId], ...options }: Options) {
  const { store, db } = openTestStore();
  seedContacts(db, manyContacts(contacts));
  for (const id of campaigns) await seedDocuments(store, { campaign: aCampaign({ id }) });
  const check: { answer: Result<string, SettingsProblem> } = { answer: ok("It answers.") };
  const clock = createClock();
  const moments: number[] = [];
  const fake = createFakeCarrier((_message, call) => {
    moments.push(clock.now);
    return options.answer(call);
  });
  const carrier = { ...fake.carrier, check: async () => check.answer };
  const open = () => openCore({ store, clock, account: openFake(carrier, options.account) });
  const phase = async (id = campaignId): Promise<Campaign["phase"]> =>
    (await readCampaign(store, id)).phase;
  const standing = async () => {
    const accounts = await store.sync.list({ workspace, kind: "account" });
    return accounts[0]?.standing ?? null;
  };
  const events = async () =>
    (
      await store.reports.activity({
        workspace,
        campaignId: null,
        from: null,
        to: null,
        before: null,
        limit: 50,
      })
    ).map(({ event }) => event);
  return { store, db, fake, moments, clock, check, open, phase, standing, events };
}

function counted(db: Connection): { readonly delivered: number; readonly failed: number } {
  const of = (state: MessageState): number =>
    Number(db.get("select count(*) as n from message where state = ?", stateCodes[state])?.["n"]);
  return { delivered: of("delivered"), failed: of("failed") };
}

async function resume(store: Awaited<ReturnType<typeof someCampaigns>>["store"]): Promise<void> {
  await setPhase(store, { phase: "active", pausedFrom: null, pauseReason: null, pausedAt: null });
}

test("S3-28 AMB-10 AMB-12 the fifth failure in a row pauses every active campaign of the account, with its reason, at no more than eight calls", async () => {
  const { fake, store, clock, open, phase, standing } = await someCampaigns({
    campaigns: [campaignId, other],
    answer: () => down,
  });
  const core = open();
  await driveUntil(core, clock, async () => (await phase()) === "paused");
  expect(fake.calls.length).toBeLessThanOrEqual(8);
  for (const id of [campaignId, other]) {
    expect(await readCampaign(store, id)).toMatchObject({
      phase: "paused",
      pauseReason: "breaker",
      pausedFrom: "active",
      pausedAt: expect.any(Number),
    });
  }
  expect(await standing()).toMatchObject({ state: "open", reason: "network_error" });
  expect(await store.delivery.findings({})).toEqual([]);
});

test("AMB-12 one call at a time makes no sixth call", async () => {
  const { fake, clock, open, phase } = await someCampaigns({
    account: { limits: { concurrency: 1 } },
    answer: () => down,
  });
  const core = open();
  await driveUntil(core, clock, async () => (await phase()) === "paused");
  await core.step();
  await settleDown();
  expect(fake.calls).toHaveLength(5);
});

test("AMB-12 calls that were in flight when it opened still count for their recipients", async () => {
  const { fake, db, clock, open, phase } = await someCampaigns({
    answer: (call) => (call <= 15 ? deliveredAtOnce : down),
  });
  await driveUntil(open(), clock, async () => (await phase()) === "paused");
  expect(counted(db)).toMatchObject({ delivered: 15, failed: 0 });
  // Fifteen successes let the slow start reach its full width of 20: the bound is 5 + 19.
  expect(fake.calls.length).toBeLessThanOrEqual(15 + 5 + 19);
});

test("S3-27 a provider that only asks to slow down pauses the campaign after five requests, and goes on by itself", async () => {
  let isBusy = true;
  const { fake, clock, open, phase, events } = await someCampaigns({
    answer: () =>
      isBusy
        ? { outcome: "later", reason: "rate_limited", afterMs: 5_000, ...words }
        : deliveredAtOnce,
  });
  const core = open();
  await driveUntil(core, clock, async () => (await phase()) === "paused");
  expect(fake.calls).toHaveLength(5);
  isBusy = false;
  await driveUntil(core, clock, async () => (await phase()) === "completed");
  expect(await events()).toContain("engine.resumed");
});

test("a broken way is tried with one message a time, after longer and longer rests, and one that is taken resumes them all", async () => {
  let isDown = true;
  const { moments, db, clock, open, phase, standing } = await someCampaigns({
    campaigns: [campaignId, other],
    answer: () => (isDown ? down : deliveredAtOnce),
  });
  const core = open();
  await driveUntil(core, clock, async () => (await phase()) === "paused");
  const calls = moments.length;
  await driveUntil(core, clock, () => moments.length === calls + 4);
  const rests = moments.slice(calls - 1).map((at, index, all) => at - (all[index - 1] ?? at));
  const minutes = rests.slice(1).map((ms) => Math.round(ms / minuteMs));
  expect(minutes).toEqual([1, 2, 4, 8]);
  expect(await phase()).toBe("paused");
  expect(await standing()).toMatchObject({ retryAt: expect.any(Number) });
  isDown = false;
  await driveUntil(core, clock, async () => (await phase()) === "completed");
  await driveUntil(core, clock, async () => (await phase(other)) === "completed");
  expect(await standing()).toBeNull();
  expect(counted(db)).toMatchObject({ delivered: 80 });
});

test("S3-27 a broken way is tried with somebody who is in doubt, where a repeat under their key settles it", async () => {
  const { fake, clock, open, phase } = await someCampaigns({
    account: { limits: { concurrency: 1 } },
    answer: (call) =>
      call <= 5 ? { outcome: "unknown", reason: "provider_error", ...words } : deliveredAtOnce,
  });
  const core = open();
  await driveUntil(core, clock, async () => (await phase()) === "paused");
  const inDoubt = fake.calls.map(({ key }) => key);
  await driveUntil(core, clock, async () => fake.calls.length > inDoubt.length);
  expect(inDoubt).toContain(fake.calls[inDoubt.length]?.key);
  await driveUntil(core, clock, async () => (await phase()) === "completed");
  expect(new Set(fake.calls.map(({ key }) => key)).size).toBe(40);
});

test("an account that never resumes by itself waits for a person", async () => {
  let isDown = true;
  const { fake, store, clock, open, phase } = await someCampaigns({
    account: { guards: { autoResume: "never" } },
    answer: () => (isDown ? down : deliveredAtOnce),
  });
  const core = open();
  await driveUntil(core, clock, async () => (await phase()) === "paused");
  isDown = false;
  const calls = fake.calls.length;
  await driveUntil(core, clock, () => clock.now >= fake.calls.length + 2 * hourMs, 20).catch(() => {
    clock.now += 2 * hourMs;
  });
  await core.step();
  await settleDown();
  expect(fake.calls).toHaveLength(calls);
  await resume(store);
  await driveUntil(core, clock, async () => (await phase()) === "completed");
});

test("S3-29 resuming after refused credentials looks at them first, and pauses again while they are wrong", async () => {
  let isWrong = true;
  const { check, fake, store, clock, open, phase, standing } = await someCampaigns({
    answer: () => (isWrong ? wrongPassword : deliveredAtOnce),
  });
  const core = open();
  await driveUntil(core, clock, async () => (await phase()) === "paused");
  expect(fake.calls).toHaveLength(1);
  check.answer = err({ field: "password", detail: "535 wrong password" });
  await core.step();
  await resume(store);
  await driveUntil(core, clock, async () => (await phase()) === "paused");
  expect(fake.calls).toHaveLength(1);
  expect(await readCampaign(store)).toMatchObject({ pauseReason: "provider_auth" });
  expect(await standing()).toMatchObject({ detail: "535 wrong password", retryAt: null });

  isWrong = false;
  check.answer = ok("It answers.");
  await core.step();
  await resume(store);
  await driveUntil(core, clock, async () => (await phase()) === "completed");
  expect(await standing()).toBeNull();
});

test("S3-28 a restart neither forgets failures nor counts them twice", async () => {
  const { fake, store, clock, open, phase } = await someCampaigns({
    account: { limits: { concurrency: 1 } },
    // The fourth call is in flight when the server dies.
    answer: (call) => (call === 4 ? new Promise(() => undefined) : down),
  });
  const first = open();
  await driveUntil(first, clock, () => fake.calls.length === 4);
  first.kill();
  const state = await store.delivery.accountState({ workspace, accountId });
  expect(state?.breaker).toMatchObject({ state: "closed", failures: 3 });
  await driveUntil(open(), clock, async () => (await phase()) === "paused");
  // The fourth is repeated, and with the fifth failure it is over.
  expect(fake.calls).toHaveLength(6);
});

test("an open breaker stays open over a restart, and is tried again when it was to be", async () => {
  let isDown = true;
  const { fake, clock, open, phase } = await someCampaigns({
    answer: () => (isDown ? down : deliveredAtOnce),
  });
  const first = open();
  await driveUntil(first, clock, async () => (await phase()) === "paused");
  first.kill();
  const calls = fake.calls.length;
  const second = open();
  await second.step();
  await settleDown();
  expect(fake.calls).toHaveLength(calls);
  isDown = false;
  await driveUntil(second, clock, async () => (await phase()) === "completed");
});

test("a broken way that was being tried when the server died is tried again by itself", async () => {
  let answer: Outcome | Promise<Outcome> = down;
  const { fake, clock, open, phase, store } = await someCampaigns({
    campaigns: [campaignId, other],
    answer: () => answer,
  });
  const first = open();
  await driveUntil(first, clock, async () => (await phase()) === "paused");
  answer = new Promise(() => undefined);
  const calls = fake.calls.length;
  await driveUntil(first, clock, () => fake.calls.length === calls + 1);
  first.kill();
  const state = await store.delivery.accountState({ workspace, accountId });
  expect(state?.breaker).toMatchObject({ state: "half_open", retryAt: null });
  answer = deliveredAtOnce;
  const second = open();
  for (const id of [campaignId, other]) {
    await driveUntil(second, clock, async () => (await phase(id)) === "completed");
  }
});

test("refused credentials that a person had tried when the server died wait for a person", async () => {
  let answer: Outcome | Promise<Outcome> = wrongPassword;
  const { fake, clock, open, phase, store } = await someCampaigns({
    campaigns: [campaignId, other],
    answer: () => answer,
  });
  const first = open();
  await driveUntil(first, clock, async () => (await phase(other)) === "paused");
  await first.step();
  answer = new Promise(() => undefined);
  const calls = fake.calls.length;
  await resume(store);
  await driveUntil(first, clock, () => fake.calls.length === calls + 1);
  first.kill();
  const state = await store.delivery.accountState({ workspace, accountId });
  expect(state?.breaker).toMatchObject({ state: "half_open", reason: "auth_failed" });
  await setPhase(store, { phase: "paused", pausedFrom: "active", pauseReason: "user" });
  answer = deliveredAtOnce;
  const second = open();
  for (let hours = 0; hours < 3; hours++) {
    await second.step();
    await settleDown();
    clock.now += hourMs;
  }
  expect(fake.calls).toHaveLength(calls + 1);
  expect(await phase(other)).toBe("paused");
  await resume(store);
  await driveUntil(second, clock, async () => (await phase()) === "completed");
});

test("thirty percent of the last two hundred pause a campaign, whatever failed; resumed, it starts a new count", async () => {
  const { store, db, clock, open, phase } = await someCampaigns({
    contacts: 1_000,
    answer: (call) =>
      call % 3 === 0
        ? { outcome: "refused", reason: "invalid_address", ...words }
        : deliveredAtOnce,
  });
  const core = open();
  await driveUntil(core, clock, async () => (await phase()) === "paused");
  expect((await readCampaign(store)).pauseReason).toBe("failure_ratio");
  const first = counted(db);
  expect(first.failed + first.delivered).toBeLessThanOrEqual(240);
  await core.step();
  await resume(store);
  await driveUntil(core, clock, async () => (await phase()) === "paused");
  const second = counted(db);
  expect(second.failed + second.delivered).toBeGreaterThanOrEqual(400);
});

test("AMB-13 five wrong addresses in a row pause as well", async () => {
  const { fake, clock, open, phase } = await someCampaigns({
    answer: () => ({ outcome: "refused", reason: "invalid_address", ...words }),
  });
  await driveUntil(open(), clock, async () => (await phase()) === "paused");
  expect(fake.calls.length).toBeLessThanOrEqual(8);
});

test("a template that cannot be written stops its own campaign and no other of the account", async () => {
  const { store, db } = openTestStore();
  seedContacts(db, manyContacts(40));
  // For a contact without a name it could be written: only when each is written it shows.
  const text = '{% if first_name != "" %}{{ fields }}{% endif %}';
  const content = { subject: "Hi", text, html: "" };
  await seedDocuments(store, { campaign: aCampaign({ content }) });
  await seedDocuments(store, { campaign: aCampaign({ id: other }) });
  const fake = createFakeCarrier();
  const clock = createClock();
  const core = openCore({ store, clock, account: openFake(fake.carrier) });
  await driveUntil(
    core,
    clock,
    async () => (await readCampaign(store, other)).phase === "completed",
  );
  expect(await readCampaign(store)).toMatchObject({ phase: "paused", pauseReason: "breaker" });
});

test("S1-D4 a pause by the system ends after 72 hours with a warning a day before; a person's does not", async () => {
  const { store, clock, open, phase, events } = await someCampaigns({
    campaigns: [campaignId, other],
    account: { guards: { autoResume: "never" } },
    answer: () => down,
  });
  const core = open();
  await driveUntil(core, clock, async () => (await phase()) === "paused");
  await setPhase(store, { pauseReason: "user" }, other);
  const since = (await readCampaign(store)).pausedAt ?? 0;
  clock.now = since + 47 * hourMs;
  await core.step();
  expect(await events()).not.toContain("engine.expiring");
  clock.now = since + 48 * hourMs;
  await core.step();
  await core.step();
  expect((await events()).filter((event) => event === "engine.expiring")).toHaveLength(1);
  clock.now = since + 72 * hourMs;
  await core.step();
  expect(await phase()).toBe("canceled");
  expect(await phase(other)).toBe("paused");
  expect(await events()).toContain("engine.expired");
});
