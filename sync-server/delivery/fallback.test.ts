import { expect, test } from "vitest";
import { defaultPeopleLimits } from "#domain/limits/people-limits.ts";
import { defaultLimits } from "#domain/campaign/account.ts";
import { hourMs, minuteMs, secondMs } from "#domain/core/time.ts";
import { countsByChannel } from "#domain/report/by-channel.ts";
import { defaultGuards } from "#domain/message/breaker.ts";
import { aFallingCampaign, refusedFor, smsAccountId } from "../../tests/support/delivery/fallen.ts";
import { settleDown, testKeys } from "../../tests/support/delivery/drive.ts";
import { accepted, deliveredAtOnce } from "../../tests/support/delivery/fake-carrier.ts";
import {
  campaignId,
  manyContacts,
  readCampaign,
  readRollup,
  setPhase,
  user,
  workspace,
  type ContactSeed,
} from "../../tests/support/delivery/world.ts";

const always = { from: -Infinity, to: Infinity };
const phoneOf = (n: number): string => `+4915${10_000_000 + n}`;

/** Three people: one with an address only, one with a number only, one with both. */
const three: readonly ContactSeed[] = [{ phone: null }, { email: null }, {}];

test("whoever has no address gets the text message at once, and whoever has neither stays without", async () => {
  const contacts = [...three, { email: null, phone: null }];
  const { mails, texts, store, until } = await aFallingCampaign({ contacts });
  await until("completed");
  expect(mails.calls.map(({ to }) => to)).toEqual(["person1@example.org", "person3@example.org"]);
  expect(texts.calls.map(({ to, channel, content }) => [to, channel, content.text])).toEqual([
    [phoneOf(2), "sms", "Hi Name2, call us."],
  ]);
  const rollup = await readRollup(store);
  expect(rollup).toMatchObject({ total: 4, states: { delivered: 3, skipped: 1 } });
  expect(rollup?.fallback).toMatchObject({ channel: "sms", total: 1, states: { delivered: 1 } });
  expect(rollup?.marks).toEqual({});
  expect(await store.delivery.findings({})).toEqual([]);
});

test("[1.3] not_capable and its kin go on by the second channel, under a key of the next generation", async () => {
  const { mails, texts, store, until } = await aFallingCampaign({
    email: ({ to }) => {
      if (/person[12]@/.test(to)) return refusedFor("not_capable");
      return to.startsWith("person3@") ? refusedFor("unknown_recipient") : deliveredAtOnce;
    },
  });
  await until("completed");
  expect(mails.calls).toHaveLength(10);
  expect(texts.calls.map(({ to }) => to).toSorted()).toEqual([1, 2, 3].map(phoneOf));
  const sends = texts.calls.map(({ key }) => testKeys.read(key));
  expect(sends.map((send) => send?.gen)).toEqual([2, 2, 2]);
  const all = [...mails.calls, ...texts.calls].map(({ key }) => key);
  expect(new Set(all).size).toBe(13);
  const rollup = await readRollup(store);
  expect(rollup).toMatchObject({ total: 10, states: { delivered: 10, failed: 0 } });
  expect(rollup?.marks).toEqual({ recovered: 3 });
  expect(rollup?.fallback).toMatchObject({ total: 3, states: { delivered: 3 } });
  expect(rollup?.fallback?.marks).toEqual({ recovered: 3 });
  expect(countsByChannel([{ campaign: { type: "email" }, rollup }], always)).toEqual([
    { channel: "email", sent: 7, delivered: 7, failed: 3, recovered: 0 },
    { channel: "sms", sent: 3, delivered: 3, failed: 0, recovered: 3 },
  ]);
  expect(await store.delivery.findings({})).toEqual([]);
});

test("nothing goes out by the second channel while the first one is in doubt", async () => {
  const { clock, texts, mails, open, store, until } = await aFallingCampaign({
    contacts: manyContacts(1),
    emailAccount: { honoursKeys: false, resolveWindowMs: hourMs },
    stored: { provider: "smtp" },
    email: () => ({ outcome: "unknown", reason: "provider_timeout", code: "", words: "" }),
  });
  const core = open();
  for (let steps = 0; steps < 20; steps++) {
    await core.step();
    await settleDown();
    clock.now += minuteMs;
  }
  expect(mails.calls).toHaveLength(1);
  expect(texts.calls).toEqual([]);
  expect((await readRollup(store))?.states).toMatchObject({ ambiguous: 1 });
  await until("completed", core);
  expect(texts.calls).toEqual([]);
  expect((await readRollup(store))?.states).toMatchObject({ unconfirmed: 1 });
});

test("what may still arrive by its own channel is tried there to the end of its ladder first", async () => {
  const { mails, texts, store, until } = await aFallingCampaign({
    contacts: manyContacts(1),
    email: () => refusedFor("unreachable"),
  });
  await until("completed");
  expect(mails.calls).toHaveLength(3);
  expect(texts.calls).toHaveLength(1);
  expect(testKeys.read(texts.calls[0]?.key ?? "")?.gen).toBe(4);
  expect((await readRollup(store))?.states).toMatchObject({ delivered: 1 });
  expect(await store.delivery.findings({})).toEqual([]);
});

test("whoever did not allow text messages, or must not be written to there, stays as the first channel left them", async () => {
  const { db, texts, store, until } = await aFallingCampaign({
    contacts: [{}, {}, { email: null }],
    email: () => refusedFor("not_capable"),
  });
  db.run("delete from consent where channel = 'sms' and contact in (1, 3)");
  db.run(
    "insert into suppression (workspace, kind, address, reason, source, at) values (?, 'phone', ?, 'opted_out', 'test', 0)",
    workspace,
    phoneOf(2),
  );
  await until("completed");
  expect(texts.calls).toEqual([]);
  const rollup = await readRollup(store);
  expect(rollup?.states).toMatchObject({ failed: 2, skipped: 1 });
  expect(rollup?.reasons).toEqual([
    { state: "failed", reason: "not_capable", n: 2 },
    { state: "skipped", reason: "no_address", n: 1 },
  ]);
  expect(rollup?.fallback).toMatchObject({ total: 0 });
});

test("consent that is withdrawn while the text message waits is obeyed by the intent", async () => {
  const { clock, core, db, texts, store, until } = await aFallingCampaign({
    contacts: [{ email: null }],
  });
  while (db.get("select 1 from fallen") === undefined) {
    await core.step();
    clock.now += 1;
  }
  expect(texts.calls).toEqual([]);
  db.run("update consent set granted = 0 where channel = 'sms'");
  await until("completed");
  expect(texts.calls).toEqual([]);
  expect((await readRollup(store))?.reasons).toEqual([
    { state: "skipped", reason: "no_consent", n: 1 },
  ]);
  expect(await store.delivery.findings({})).toEqual([]);
});

test("the frequency cap of the second channel is asked, and its messages count against it", async () => {
  const { clock, core, db, texts, store, until } = await aFallingCampaign({
    contacts: manyContacts(2),
    email: () => refusedFor("not_capable"),
    // A sandbox's messages press nobody.
    storedSms: { provider: "webhook" },
  });
  while (db.get("select 1 from distribution") === undefined) {
    await core.step();
    clock.now += 1;
  }
  const frequency = { email: null, sms: { messages: 1, days: 7 } };
  const limits = { ...defaultPeopleLimits, frequency };
  await store.limits.changeLimits({ workspace, limits, by: user, now: clock.now });
  db.run(
    `insert into pressure (ws, contact, channel, distribution, n, at)
     select seq, 1, 'sms', 99, 1, ? from workspace`,
    clock.now,
  );
  await until("completed");
  expect(texts.calls.map(({ to }) => to)).toEqual([phoneOf(2)]);
  expect((await readRollup(store))?.reasons).toEqual([
    { state: "skipped", reason: "frequency_cap", n: 1 },
  ]);
  expect(db.all("select contact from pressure where channel = 'sms' order by contact")).toEqual([
    { contact: 1 },
    { contact: 2 },
  ]);
  expect(await store.delivery.findings({})).toEqual([]);
});

test("two people with one number get one text message", async () => {
  const { texts, store, until } = await aFallingCampaign({
    contacts: [{ phone: "+49151" }, { phone: "+49151" }, { phone: "+49151", email: null }],
    email: () => refusedFor("not_capable"),
  });
  await until("completed");
  expect(texts.calls.map(({ to }) => to)).toEqual(["+49151"]);
  expect((await readRollup(store))?.states).toMatchObject({ delivered: 1, failed: 2 });
});

test("a cancel takes back what waits for the second channel", async () => {
  const { clock, core, db, store, texts, until } = await aFallingCampaign({
    contacts: [{ email: null }, {}],
  });
  while (db.get("select 1 from fallen") === undefined) {
    await core.step();
    clock.now += 1;
  }
  await setPhase(store, { phase: "canceled" });
  await until("canceled");
  for (let steps = 0; steps < 20; steps++) {
    await core.step();
    await settleDown();
    clock.now += 250;
  }
  expect(texts.calls).toEqual([]);
  expect((await readRollup(store))?.states).toMatchObject({ canceled: 2 });
  expect(await store.delivery.findings({})).toEqual([]);
});

test("proof that the first channel reached somebody after all wins, and counts there", async () => {
  const { clock, texts, store, until } = await aFallingCampaign({
    contacts: manyContacts(1),
    email: () => refusedFor("not_capable"),
    smsAccount: { receipts: "push", receiptWindowMs: hourMs },
    sms: () => accepted,
  });
  await until("settling");
  expect(texts.calls).toHaveLength(1);
  const [{ seq } = { seq: 0 }] = (await store.delivery.work({ now: clock.now })).open;
  const proof = { n: 1, gen: 1, state: "delivered", reason: "none", code: "", words: "" } as const;
  await store.delivery.prove({
    distribution: seq,
    proofs: [{ ...proof, at: clock.now }],
    now: clock.now,
  });
  await until("completed");
  const rollup = await readRollup(store);
  expect(rollup?.states).toMatchObject({ delivered: 1 });
  expect(rollup?.fallback).toMatchObject({ total: 0, marks: {} });
  // It was handed over by both, and arrived by the first one.
  expect(countsByChannel([{ campaign: { type: "email" }, rollup }], always)).toEqual([
    { channel: "sms", sent: 1, delivered: 0, failed: 0, recovered: 0 },
    { channel: "email", sent: 0, delivered: 1, failed: 1, recovered: 1 },
  ]);
  expect(await store.delivery.findings({})).toEqual([]);
});

test("receipts of the second account prove what went through it", async () => {
  const { clock, texts, core, store, until } = await aFallingCampaign({
    contacts: manyContacts(3),
    email: ({ to }) => (to.startsWith("person1@") ? refusedFor("not_capable") : deliveredAtOnce),
    smsAccount: { receipts: "push", receiptWindowMs: hourMs },
    sms: () => accepted,
  });
  await until("settling");
  const receipt = {
    key: texts.calls[0]?.key ?? "",
    state: "delivered",
    at: clock.now,
    reason: "none",
    code: "",
    words: "",
  } as const;
  expect(await core.receive({ workspace, accountId: smsAccountId }, [receipt])).toBe(1);
  await until("completed");
  expect((await readRollup(store))?.states).toMatchObject({ delivered: 3 });
  expect(await store.delivery.findings({})).toEqual([]);
});

test("text messages that wait for proof are looked after when their time comes, however short that of e-mails is", async () => {
  let looks = 0;
  const { texts, store, open, until } = await aFallingCampaign({
    contacts: manyContacts(3),
    email: ({ to }) => (to.startsWith("person3@") ? accepted : refusedFor("not_capable")),
    emailAccount: { receipts: "push", receiptWindowMs: secondMs },
    smsAccount: { receipts: "push", receiptWindowMs: hourMs },
    sms: () => accepted,
  });
  const counting = open({
    fault: (point) => {
      if (point === "looked after") looks += 1;
    },
  });
  await until("completed", counting);
  expect(texts.calls).toHaveLength(2);
  expect((await readRollup(store))?.states).toMatchObject({ unconfirmed: 3 });
  expect(looks).toBeLessThanOrEqual(4);
});

test("each channel is charged at its own account's price", async () => {
  const { store, until } = await aFallingCampaign({
    contacts: manyContacts(4),
    email: ({ to }) => (/person[12]@/.test(to) ? refusedFor("not_capable") : deliveredAtOnce),
    stored: { price: { currency: "EUR", perUnit: 0.01 } },
    storedSms: { price: { currency: "EUR", perUnit: 0.5 } },
    text: "x".repeat(161),
  });
  await until("completed");
  const rollup = await readRollup(store);
  // Two e-mails, and two text messages of two segments each.
  expect(rollup?.cost).toMatchObject({ currency: "EUR", amount: 2.02, units: 6 });
  expect(rollup?.segments).toMatchObject({ delivered: 6 });
  expect(rollup?.fallback?.segments).toMatchObject({ delivered: 4 });
  expect(rollup?.fallback?.months).toMatchObject([{ messages: 2, segments: 4, amount: 2 }]);
  expect(await store.delivery.findings({})).toEqual([]);
});

test("a crash while text messages are in flight leaves them in doubt, and repeats each under its key", async () => {
  const { mails, texts, store, open, clock, until } = await aFallingCampaign({
    contacts: [...three, ...manyContacts(3)],
    email: () => refusedFor("not_capable"),
  });
  const cuts: string[] = [];
  const dying = open({
    fault: (point) => {
      if (point !== "before settle" || texts.calls.length < 3) return;
      cuts.push(point);
      throw new Error("cut");
    },
  });
  for (let steps = 0; steps < 40 && cuts.length === 0; steps++) {
    await dying.step().catch(() => undefined);
    await settleDown();
    clock.now += 250;
  }
  expect(cuts).toEqual(["before settle"]);
  const again = open();
  await until("completed", again);
  expect(Math.max(...texts.effects.values(), 1)).toBeLessThanOrEqual(2);
  expect(new Set(texts.calls.map(({ to }) => to)).size).toBe(5);
  expect(new Set(texts.calls.map(({ key }) => key)).size).toBe(5);
  expect(mails.calls.length).toBeGreaterThanOrEqual(5);
  expect((await readRollup(store))?.states).toMatchObject({ delivered: 5, failed: 1 });
  expect(await store.delivery.findings({})).toEqual([]);
});

test("the campaign stands still when the second account does, and goes on with it", async () => {
  let isMended = false;
  const { texts, store, until } = await aFallingCampaign({
    contacts: manyContacts(20),
    email: () => refusedFor("not_capable"),
    sms: () =>
      isMended
        ? deliveredAtOnce
        : { outcome: "refused", reason: "auth_failed", code: "401", words: "" },
  });
  await until("paused");
  expect((await readCampaign(store)).pauseReason).toBe("provider_auth");
  isMended = true;
  const paused = await readCampaign(store, campaignId);
  const doc = { ...paused, rev: paused.rev + 1, phase: "active", pausedFrom: null } as const;
  await store.sync.commitWrites({
    workspace,
    expect: [],
    writes: [{ kind: "campaign", id: campaignId, doc }],
    activity: null,
    now: 0,
  });
  await until("completed");
  expect(texts.calls.length).toBeGreaterThanOrEqual(20);
  expect(await store.delivery.findings({})).toEqual([]);
});

const serverError = {
  outcome: "refused",
  reason: "provider_error",
  code: "500",
  words: "",
} as const;
/** Five whom only a text message reaches, and what opens the breaker of its account with them. */
const fiveByText = Array.from({ length: 5 }, () => ({ email: null }));

test("a second account that stands still with no text message left holds the campaign until its rest is over, and the next one finds out", async () => {
  const { core, clock, mails, texts, store, until } = await aFallingCampaign({
    contacts: [...fiveByText, ...manyContacts(40)],
    stored: { limits: { ...defaultLimits, perSecond: 1 } },
    emailAccount: { limits: { ...defaultLimits, perSecond: 1 } },
    email: ({ to }) => (to.startsWith("person45@") ? refusedFor("not_capable") : deliveredAtOnce),
    sms: (_message, call) => (call <= 5 ? serverError : deliveredAtOnce),
  });
  await until("paused");
  const before = mails.calls.length;
  const rest = async (ms: number): Promise<void> => {
    for (const end = clock.now + ms; clock.now < end; clock.now += secondMs) {
      await core.step();
      await settleDown();
    }
  };
  await rest(55 * secondMs);
  expect(await readCampaign(store)).toMatchObject({ phase: "paused", pauseReason: "breaker" });
  expect(mails.calls).toHaveLength(before);
  await until("completed");
  expect(mails.calls).toHaveLength(40);
  expect(texts.calls).toHaveLength(6);
  expect((await readRollup(store))?.states).toMatchObject({ delivered: 40, failed: 5 });
  const key = { workspace, accountId: smsAccountId };
  const state = await store.delivery.accountState(key);
  expect(state?.breaker).toMatchObject({ state: "closed" });
  expect(await store.delivery.findings({})).toEqual([]);
});

test("a first account that stands still with nothing left of its own goes on to the text messages that wait", async () => {
  const { mails, texts, store, until } = await aFallingCampaign({
    contacts: manyContacts(5),
    email: () => refusedFor("unknown_recipient"),
  });
  await until("completed");
  expect([mails.calls.length, texts.calls.length]).toEqual([5, 5]);
  expect((await readRollup(store))?.states).toMatchObject({ delivered: 5 });
});

test("an account that never resumes by itself keeps the campaign waiting for a person, tried or not", async () => {
  const { core, clock, store, until } = await aFallingCampaign({
    contacts: [...fiveByText, ...manyContacts(40)],
    stored: { limits: { ...defaultLimits, perSecond: 1 } },
    emailAccount: { limits: { ...defaultLimits, perSecond: 1 } },
    smsAccount: { guards: { ...defaultGuards, autoResume: "never" } },
    sms: () => serverError,
  });
  await until("paused");
  for (let steps = 0; steps < 30; steps++) {
    await core.step();
    await settleDown();
    clock.now += minuteMs;
  }
  expect(await readCampaign(store)).toMatchObject({ phase: "paused", pauseReason: "breaker" });
});

test("the account that a campaign falls back to cannot be taken away while it goes on", async () => {
  const { clock, store, until } = await aFallingCampaign({ contacts: manyContacts(3) });
  const removed = { workspace, accountId: smsAccountId, by: user };
  expect(await store.delivery.removeAccount({ ...removed, now: clock.now })).toBe("in_use");
  await until("completed");
  expect(await store.delivery.removeAccount({ ...removed, now: clock.now })).toBe("removed");
});
