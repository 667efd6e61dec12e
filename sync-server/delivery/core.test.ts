import { expect, test } from "vitest";
import {
  accepted,
  createFakeCarrier,
  deliveredAtOnce,
  openFake,
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
  anAudience,
  campaignId,
  manyContacts,
  openTestStore,
  readCampaign,
  readRollup,
  seedContacts,
  seedDocuments,
  setPhase,
  startOfTime,
  workspace,
  type ContactSeed,
} from "../../tests/support/delivery/world.ts";
import type { Campaign } from "#domain/campaign/campaign.ts";
import type { OpenAccount } from "./carriers.ts";
import { StoreError } from "../store/store.ts";
import type { Outcome, Outgoing } from "../providers/provider.ts";
import type { FakeAccount } from "../../tests/support/delivery/fake-carrier.ts";

interface Options {
  readonly contacts?: readonly ContactSeed[];
  readonly campaign?: Partial<Campaign>;
  readonly answer?: (message: Outgoing, call: number) => Outcome | Promise<Outcome>;
  readonly account?: FakeAccount;
  readonly audience?: Parameters<typeof anAudience>[0];
}

async function aRunningCampaign(options: Options = {}) {
  const { store, db } = openTestStore();
  seedContacts(db, options.contacts ?? manyContacts(20));
  await seedDocuments(store, {
    campaign: aCampaign(options.campaign),
    audience: anAudience(options.audience),
  });
  const fake = createFakeCarrier(options.answer ?? (() => deliveredAtOnce));
  const clock = createClock();
  const core = openCore({ store, clock, account: openFake(fake.carrier, options.account) });
  const until = (phase: Campaign["phase"]): Promise<void> =>
    driveUntil(core, clock, async () => (await readCampaign(store)).phase === phase);
  const stepOnce = async (): Promise<void> => {
    await core.step();
    await settleDown();
  };
  return { store, db, fake, clock, core, until, stepOnce };
}

const trouble = { code: "", words: "" };

test("a launched campaign reaches everybody once and completes with its counters", async () => {
  const { store, fake, until } = await aRunningCampaign({ contacts: manyContacts(1_234) });
  await until("completed");

  expect(fake.effects.size).toBe(1_234);
  expect(new Set(fake.calls.map(({ to }) => to)).size).toBe(1_234);
  expect(fake.calls[0]?.content).toEqual({
    subject: "Hello Name1",
    text: "Hello Name1!",
    html: "",
  });
  expect(await readCampaign(store)).toMatchObject({
    total: 1_234,
    completedAt: expect.any(Number),
  });
  expect(await readRollup(store)).toMatchObject({ total: 1_234, states: { delivered: 1_234 } });
  expect(await store.delivery.findings({})).toEqual([]);
});

test("who did not consent, is suppressed, has no address or shares one is skipped with the reason", async () => {
  const contacts = [
    {},
    { consents: false },
    { email: null },
    { email: "blocked@example.org" },
    {},
  ] satisfies ContactSeed[];
  const { store, db, fake, until } = await aRunningCampaign({ contacts });
  db.transact([
    () =>
      db.run(
        "insert into suppression (workspace, kind, address, reason, at, until) values (?, 'email', 'blocked@example.org', 'complaint', 1, null)",
        workspace,
      ),
  ]);
  await until("completed");

  expect(fake.calls.map(({ to }) => to)).toEqual(["person1@example.org", "person5@example.org"]);
  const rollup = await readRollup(store);
  expect(rollup?.states).toMatchObject({ delivered: 2, skipped: 3 });
  expect(rollup?.reasons.map(({ reason }) => reason).toSorted()).toEqual([
    "no_address",
    "no_consent",
    "suppressed",
  ]);
});

test("a phone number that two contacts share gets one message", async () => {
  const contacts = [{ phone: "+4915100000001" }, { phone: "+4915100000001" }];
  const { store, fake, until } = await aRunningCampaign({ contacts, campaign: { type: "sms" } });
  await until("completed");
  expect(fake.calls).toHaveLength(1);
  expect((await readRollup(store))?.reasons).toEqual([
    { state: "skipped", reason: "duplicate_recipient", n: 1 },
  ]);
});

test("an opt-out that is committed while the campaign runs is honoured", async () => {
  const { db, fake, store, until } = await aRunningCampaign({
    contacts: manyContacts(200),
    answer: (_message, call) => {
      if (call === 1) {
        db.transact([() => db.run("update consent set granted = 0 where contact = 200")]);
      }
      return deliveredAtOnce;
    },
  });
  await until("completed");
  expect(fake.calls.some(({ to }) => to === "person200@example.org")).toBe(false);
  expect((await readRollup(store))?.states).toMatchObject({ delivered: 199, skipped: 1 });
});

test("a paused campaign makes no further calls, and a resumed one ends with everybody", async () => {
  const { store, fake, clock, core, until, stepOnce } = await aRunningCampaign({
    contacts: manyContacts(500),
    account: { limits: { perSecond: 100, concurrency: 5 } },
  });
  await driveUntil(core, clock, () => fake.calls.length >= 100);
  await setPhase(store, { phase: "paused", pausedFrom: "active", pauseReason: "user" });
  await stepOnce();
  const calls = fake.calls.length;
  for (let i = 0; i < 20; i++) {
    clock.now += 1_000;
    await stepOnce();
  }
  expect(fake.calls).toHaveLength(calls);
  expect(await store.delivery.findings({})).toEqual([]);

  await setPhase(store, { phase: "active", pausedFrom: null, pauseReason: null });
  await until("completed");
  expect(fake.effects.size).toBe(500);
  expect([...fake.effects.values()].every((times) => times === 1)).toBe(true);
});

test("what was still queued when a campaign is canceled is never sent, and everybody is accounted for", async () => {
  const { store, fake, clock, core } = await aRunningCampaign({
    contacts: manyContacts(1_200),
    account: { limits: { perSecond: 100, concurrency: 5 } },
  });
  await driveUntil(core, clock, () => fake.calls.length >= 100);
  await setPhase(store, { phase: "canceled", completedAt: clock.now });
  await driveUntil(
    core,
    clock,
    async () => (await store.delivery.work({ now: clock.now })).open.length === 0,
  );
  const rollup = await readRollup(store);
  expect(rollup?.states.delivered).toBe(fake.effects.size);
  expect(rollup?.states.canceled).toBe(1_200 - fake.effects.size);
  expect(rollup?.states.canceled).toBeGreaterThan(0);
  expect(await store.delivery.findings({})).toEqual([]);
});

test("five failures of the way in a row pause the campaign after few calls", async () => {
  const { store, fake, until } = await aRunningCampaign({
    contacts: manyContacts(100),
    answer: () => ({ outcome: "later", reason: "network_error", afterMs: null, ...trouble }),
  });
  await until("paused");
  expect((await readCampaign(store)).pauseReason).toBe("breaker");
  expect(fake.calls.length).toBeLessThanOrEqual(8);
  const activity = await store.reports.activity({
    workspace,
    campaignId,
    from: null,
    to: null,
    before: null,
    limit: 10,
  });
  expect(activity.map(({ event }) => event)).toContain("engine.paused");
  expect(await store.delivery.findings({})).toEqual([]);
});

test("wrong credentials pause the campaign at once, and name no recipient", async () => {
  const { store, fake, until } = await aRunningCampaign({
    answer: ({ to }) => ({
      outcome: "refused",
      reason: "auth_failed",
      code: "",
      words: `no <${to}>, +4915112345678`,
    }),
  });
  await until("paused");
  const [line] = await store.reports.activity({
    workspace,
    campaignId,
    from: null,
    to: null,
    before: null,
    limit: 1,
  });
  expect(line?.detail).toEqual({ reason: "provider_auth", detail: "no <•••@•••>, •••" });
  expect((await readCampaign(store)).pauseReason).toBe("provider_auth");
  expect(fake.calls.length).toBe(1);
});

test("a block of wrong numbers does not pause a campaign", async () => {
  const { store, until } = await aRunningCampaign({
    answer: () => ({ outcome: "refused", reason: "invalid_address", ...trouble }),
  });
  await until("completed");
  expect((await readRollup(store))?.reasons).toEqual([
    { state: "failed", reason: "invalid_address", n: 20 },
  ]);
});

test("an unknown outcome is repeated under the same key where the provider honours keys", async () => {
  const { store, fake, until } = await aRunningCampaign({
    contacts: manyContacts(1),
    answer: (_message, call) =>
      call < 3 ? { outcome: "unknown", reason: "provider_error", ...trouble } : deliveredAtOnce,
  });
  await until("completed");
  expect(fake.calls).toHaveLength(3);
  expect(new Set(fake.calls.map(({ key }) => key)).size).toBe(1);
  expect((await readRollup(store))?.states).toMatchObject({ delivered: 1 });
});

test("an unknown outcome is never repeated where it could reach a person twice", async () => {
  const { store, fake, db, until } = await aRunningCampaign({
    contacts: manyContacts(1),
    answer: () => ({ outcome: "unknown", reason: "provider_timeout", ...trouble }),
    account: { honoursKeys: false },
  });
  // The distribution remembers whether its provider honours keys: this one does not.
  await driveUntilLaunched(db);
  await until("completed");
  expect(fake.calls).toHaveLength(1);
  expect((await readRollup(store))?.reasons).toEqual([
    { state: "unconfirmed", reason: "outcome_unknown", n: 1 },
  ]);

  async function driveUntilLaunched(connection: typeof db): Promise<void> {
    connection.transact([
      () =>
        connection.run(
          `update document set doc = json_set(doc, '$.provider', 'smtp') where kind = 'account'`,
        ),
    ]);
  }
});

test("a message that may have been accepted is never called failed", async () => {
  const { store, fake, until } = await aRunningCampaign({
    contacts: manyContacts(1),
    answer: (_message, call) =>
      call === 1
        ? { outcome: "unknown", reason: "provider_timeout", ...trouble }
        : { outcome: "later", reason: "unreachable", afterMs: null, ...trouble },
  });
  await until("completed");
  expect(fake.calls.length).toBeGreaterThan(2);
  expect((await readRollup(store))?.states).toMatchObject({ unconfirmed: 1, failed: 0 });
});

test("credentials that are refused on a repeat say nothing of the try before", async () => {
  const { db, until, stepOnce } = await aRunningCampaign({
    contacts: manyContacts(1),
    answer: (_message, call) =>
      call === 1
        ? { outcome: "unknown", reason: "provider_timeout", ...trouble }
        : { outcome: "refused", reason: "auth_failed", ...trouble },
  });
  await until("paused");
  await stepOnce();
  expect(db.get("select state_now from standing")).toMatchObject({ state_now: 2 });
});

test("a wrong address that is refused on a repeat under its key is failed", async () => {
  const { store, until } = await aRunningCampaign({
    contacts: manyContacts(1),
    answer: (_message, call) =>
      call === 1
        ? { outcome: "unknown", reason: "provider_timeout", ...trouble }
        : { outcome: "refused", reason: "invalid_address", ...trouble },
  });
  await until("completed");
  expect((await readRollup(store))?.states.failed).toBe(1);
});

test("the result of an earlier call changes nothing", async () => {
  const { store, core, clock } = await aRunningCampaign({
    contacts: manyContacts(1),
    answer: () => new Promise(() => undefined),
  });
  await driveUntil(core, clock, async () => {
    await core.step();
    return (await store.delivery.work({ now: clock.now })).open[0]?.hasWork === false;
  });
  const stale = {
    n: 1,
    gen: 1,
    try: 0,
    state: "queued",
    reason: "network_error",
    at: clock.now,
    dueAt: clock.now,
    renews: false,
    counts: true,
    segments: null,
    providerId: null,
    attempt: null,
  } as const;
  const settle = (settlement: Parameters<typeof store.delivery.settle>[0]["settlements"][number]) =>
    store.delivery.settle({ distribution: 1, settlements: [settlement], lookAt: null, now: 0 });
  expect(await settle(stale)).toEqual({ applied: 0, ignored: 1 });
  expect(await settle({ ...stale, try: 1 })).toEqual({ applied: 1, ignored: 0 });
  expect(await settle({ ...stale, try: 1 })).toEqual({ applied: 0, ignored: 1 });
  core.kill();
});

test("a provider that asks to slow down gets fewer calls and loses nobody", async () => {
  let limited = 0;
  const { store, fake, clock, until } = await aRunningCampaign({
    contacts: manyContacts(60),
    answer: (_message, call) => {
      if (call % 7 !== 0) return deliveredAtOnce;
      limited += 1;
      return { outcome: "later", reason: "rate_limited", afterMs: 1_000, ...trouble };
    },
  });
  await until("completed");
  expect(limited).toBeGreaterThan(3);
  expect(fake.effects.size).toBe(60);
  expect(clock.now - startOfTime).toBeGreaterThanOrEqual(limited * 200);
  expect((await readRollup(store))?.states).toMatchObject({ delivered: 60 });
});

test("no second carries more messages than the account's limit and its burst", async () => {
  const seconds = new Map<number, number>();
  const clockRef: { now: number } = { now: 0 };
  const { clock, until } = await aRunningCampaign({
    contacts: manyContacts(300),
    account: { limits: { perSecond: 40, concurrency: 20 } },
    answer: () => {
      const second = Math.floor(clockRef.now / 1_000);
      seconds.set(second, (seconds.get(second) ?? 0) + 1);
      return deliveredAtOnce;
    },
  });
  Object.defineProperty(clockRef, "now", { get: () => clock.now });
  await until("completed");
  expect(Math.max(...seconds.values())).toBeLessThanOrEqual(40 + 10);
  expect(seconds.size).toBeGreaterThanOrEqual(7);
});

test("a message that cannot be written fails on our side and nobody is called", async () => {
  // For a contact without a name it could be written: that is seen only when each is.
  const text = '{% if first_name != "" %}{{ fields }}{% endif %}';
  const { store, fake, until } = await aRunningCampaign({
    contacts: manyContacts(3),
    campaign: { content: { subject: "Hi", text, html: "" } },
  });
  await until("completed");
  expect(fake.calls).toHaveLength(0);
  expect((await readRollup(store))?.reasons).toEqual([
    { state: "failed", reason: "render_failed", n: 3 },
  ]);
});

test("segments of an SMS are those of its written text", async () => {
  const text = "x".repeat(150) + "{{ first_name }}";
  const { store, until } = await aRunningCampaign({
    contacts: [{ firstName: "Al" }, { firstName: "Maximiliane Alexandra" }],
    campaign: { type: "sms", content: { subject: "", text, html: "" } },
  });
  await until("completed");
  expect((await readRollup(store))?.segments.delivered).toBe(3);
});

test("silence after an accepted message ends as not confirmed, and late proof still counts", async () => {
  const { store, core, clock, fake, until } = await aRunningCampaign({
    contacts: manyContacts(2),
    answer: () => accepted,
    account: { receipts: "push", receiptWindowMs: 60_000 },
  });
  await until("completed");
  expect((await readRollup(store))?.states).toMatchObject({ unconfirmed: 2 });

  const [first] = fake.calls;
  const receipt = { state: "delivered", at: clock.now, reason: "none", ...trouble } as const;
  const account = { workspace, accountId: aCampaign().accountId ?? "" };
  expect(await core.receive(account, [{ ...receipt, key: first?.key ?? "" }])).toBe(1);
  expect(await core.receive(account, [{ ...receipt, key: first?.key ?? "" }])).toBe(0);
  clock.now += 1_000;
  await core.step();
  expect((await readRollup(store))?.states).toMatchObject({ unconfirmed: 1, delivered: 1 });
  expect(await store.delivery.findings({})).toEqual([]);
});

test("a receipt that overtakes its call does not keep the campaign open for ever", async () => {
  const answers: ((outcome: Outcome) => void)[] = [];
  const { core, fake, store, until, stepOnce } = await aRunningCampaign({
    contacts: manyContacts(1),
    answer: () =>
      new Promise((resolve) => {
        answers.push(resolve);
      }),
    account: { receipts: "push", receiptWindowMs: 5_000 },
  });
  for (let i = 0; i < 4; i++) await stepOnce();
  const key = fake.calls[0]?.key ?? "";
  const receipt = { key, state: "sent", at: startOfTime, reason: "none", ...trouble } as const;
  await core.receive({ workspace, accountId }, [receipt]);
  for (const answer of answers) answer(accepted);
  await until("completed");
  expect((await readRollup(store))?.states.unconfirmed).toBe(1);
});

test("a clock that was ten years ahead for a while keeps nobody waiting", async () => {
  const years = 10 * 365 * 86_400_000;
  let calls = 0;
  const { clock, stepOnce, until, store } = await aRunningCampaign({
    contacts: manyContacts(6),
    answer: () => {
      calls += 1;
      if (calls === 1)
        return { outcome: "later", reason: "rate_limited", afterMs: null, ...trouble };
      if (calls === 2) return { outcome: "unknown", reason: "provider_timeout", ...trouble };
      return accepted;
    },
    account: { honoursKeys: false, receipts: "push", receiptWindowMs: 60_000 },
  });
  clock.now += years;
  for (let i = 0; i < 20; i++) {
    await stepOnce();
    clock.now += 500;
  }
  expect(calls).toBeGreaterThan(2);
  clock.now -= years;
  await until("completed");
  expect(clock.now - startOfTime).toBeLessThan(86_400_000);
  expect((await readRollup(store))?.states.unconfirmed).toBe(6);
});

test("an account that cannot be opened any more sends nothing of what was claimed through it", async () => {
  const { store, db } = openTestStore();
  seedContacts(db, manyContacts(20));
  await seedDocuments(store);
  const answers: ((outcome: Outcome) => void)[] = [];
  const fake = createFakeCarrier(
    () =>
      new Promise((resolve) => {
        answers.push(resolve);
      }),
  );
  const clock = createClock();
  let account: OpenAccount | string = openFake(fake.carrier);
  const core = openCore({ store, clock, account: () => account });
  await driveUntil(core, clock, () => fake.calls.length > 0);
  account = "The key was withdrawn";
  await driveUntil(core, clock, async () => (await readCampaign(store)).phase === "paused");
  await core.step();
  const before = fake.calls.length;
  for (const answer of answers.splice(0)) answer(deliveredAtOnce);
  await settleDown();
  await core.step();
  await settleDown();
  expect(fake.calls).toHaveLength(before);
});

test("a full disk while the way is broken is asked once a second, and pauses in the end", async () => {
  const { store, db } = openTestStore();
  seedContacts(db, manyContacts(30));
  await seedDocuments(store);
  const fake = createFakeCarrier(() => ({ outcome: "refused", reason: "auth_failed", ...trouble }));
  const clock = createClock();
  const fullUntil = clock.now + 10_000;
  let asked = 0;
  const pause: typeof store.delivery.pause = async (args) => {
    asked += 1;
    if (asked > 100) throw new Error("asked without end");
    if (clock.now < fullUntil) throw new StoreError("full", "there is no room");
    return store.delivery.pause(args);
  };
  const full = { ...store, delivery: { ...store.delivery, pause } };
  const core = openCore({ store: full, clock, account: openFake(fake.carrier) });
  await driveUntil(core, clock, async () => (await readCampaign(store)).phase === "paused");
  expect(asked).toBeLessThan(15);
});

test("a receipt proves nothing under a key that is not ours, or for another account", async () => {
  const { core, fake, clock, until } = await aRunningCampaign({
    contacts: manyContacts(1),
    answer: () => accepted,
    account: { receipts: "push" },
  });
  await until("settling");
  const key = fake.calls[0]?.key ?? "";
  const receipt = { state: "delivered", at: clock.now, reason: "none", ...trouble } as const;
  const own = { workspace, accountId: aCampaign().accountId ?? "" };
  const forged = (key.startsWith("b") ? "c" : "b") + key.slice(1);
  const tampered = key.slice(0, -2) + (key.endsWith("aa") ? "bb" : "aa");
  expect(await core.receive(own, [{ ...receipt, key: forged }])).toBe(0);
  expect(await core.receive(own, [{ ...receipt, key: tampered }])).toBe(0);
  expect(await core.receive(own, [{ ...receipt, key: "nonsense" }])).toBe(0);
  expect(await core.receive({ ...own, accountId: campaignId }, [{ ...receipt, key }])).toBe(0);
  expect(await core.receive({ ...own, workspace: campaignId }, [{ ...receipt, key }])).toBe(0);
  expect(await core.receive(own, [{ ...receipt, key }])).toBe(1);
});

test("a schedule comes due at its moment", async () => {
  const at = startOfTime + 90_000;
  const schedule = { at, zone: "Europe/Berlin", ifLate: "hold" } as const;
  const { store, core, clock, until } = await aRunningCampaign({
    campaign: { phase: "scheduled", schedule, launchedAt: null },
  });
  expect(await core.step()).toBe(at);
  expect((await readCampaign(store)).phase).toBe("scheduled");
  clock.now = at;
  await until("completed");
  expect((await readCampaign(store)).launchedAt).toBe(at);
});

test("a schedule that was missed by far waits for a person, unless it may be late", async () => {
  for (const [ifLate, phase] of [
    ["hold", "pending"],
    ["sendNow", "completed"],
  ] as const) {
    const schedule = { at: startOfTime - 24 * 3_600_000, zone: "Europe/Berlin", ifLate };
    const { until, store } = await aRunningCampaign({
      campaign: { phase: "scheduled", schedule, launchedAt: null },
    });
    await until(phase);
    expect((await readCampaign(store)).phase).toBe(phase);
  }
});

test("a start up to six hours late still happens; later, the missed time is told", async () => {
  for (const [lateHours, phase, held] of [
    [6, "completed", null],
    [6.1, "pending", "Europe/Berlin"],
  ] as const) {
    const schedule = {
      at: startOfTime - lateHours * 3_600_000,
      zone: "Europe/Berlin",
      ifLate: "hold",
    } as const;
    const { until, store } = await aRunningCampaign({
      campaign: { phase: "scheduled", schedule, launchedAt: null },
    });
    await until(phase);
    expect((await readCampaign(store)).held?.zone ?? null).toBe(held);
  }
});

test("a planned campaign keeps its time on the wall when the rules of its zone change", async () => {
  // As a machine computed it that did not know that clocks in Lisbon go forward in summer.
  const at = Date.UTC(2027, 6, 1, 9);
  const schedule = { at, wall: "2027-07-01T09:00", zone: "Europe/Lisbon", ifLate: "hold" } as const;
  const { store, core } = await aRunningCampaign({
    campaign: { phase: "scheduled", schedule, launchedAt: null },
  });
  const meant = Date.UTC(2027, 6, 1, 8);
  expect(await core.step()).toBe(meant);
  expect((await readCampaign(store)).schedule).toEqual({ ...schedule, at: meant });
  const { rev } = await readCampaign(store);
  expect(await store.delivery.replan({ now: startOfTime })).toBe(0);
  expect((await readCampaign(store)).rev).toBe(rev);
});

test("a campaign without recipients completes", async () => {
  const { store, until } = await aRunningCampaign({ contacts: [] });
  await until("completed");
  expect(await readRollup(store)).toMatchObject({ total: 0 });
});

test("only the audience's people are frozen", async () => {
  const contacts = [{}, { consents: false }, {}];
  const { fake, until, store } = await aRunningCampaign({
    contacts,
    audience: { rule: { kind: "filter", filter: { consent: "email" } } },
  });
  await until("completed");
  expect(fake.calls).toHaveLength(2);
  expect(await readRollup(store)).toMatchObject({ total: 2 });
});
