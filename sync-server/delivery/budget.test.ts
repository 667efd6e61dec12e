// What may be spent is decided with each message, in the transaction that lets it go.
import { expect, test } from "vitest";
import type { Campaign } from "#domain/campaign/campaign.ts";
import type { Price } from "#domain/campaign/price.ts";
import type { MonthBudget } from "#domain/limits/budget.ts";
import { noMonthBudget } from "#domain/limits/budget.ts";
import { createClock, driveUntil, openCore } from "../../tests/support/delivery/drive.ts";
import {
  createFakeCarrier,
  deliveredAtOnce,
  openFake,
} from "../../tests/support/delivery/fake-carrier.ts";
import {
  aCampaign,
  anAccount,
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
} from "../../tests/support/delivery/world.ts";
import type { Outcome, Outgoing } from "../providers/provider.ts";
import type { FaultPoint } from "./carriers.ts";

const euro: Price = { currency: "EUR", perUnit: 0.1 };
const euros = (amount: number) => ({ money: { currency: "EUR", amount } });

interface World {
  readonly campaign?: Partial<Campaign>;
  readonly price?: Price | null;
  readonly month?: Partial<MonthBudget>;
  readonly people?: number;
  readonly answer?: (call: number, message: Outgoing) => Outcome;
  /** The sandbox counts as if it wrote to people. */
  readonly summary?: Record<string, boolean>;
}

async function aWorld(world: World) {
  const { campaign = {}, price = euro, month, people = 10, summary = {} } = world;
  const { store, db } = openTestStore();
  seedContacts(db, manyContacts(people));
  const account = anAccount({ channel: campaign.type ?? "email", price, summary });
  await seedDocuments(store, { campaign: aCampaign(campaign), account });
  if (month !== undefined) await allow(month);
  const clock = createClock();
  const fake = createFakeCarrier(
    (message, call) => world.answer?.(call, message) ?? deliveredAtOnce,
  );
  async function allow(over: Partial<MonthBudget>) {
    const budget = { ...noMonthBudget, ...over };
    await store.budgets.changeBudget({ workspace, budget, by: null, now: startOfTime });
  }
  const run = async (fault?: (point: FaultPoint) => void, maxSteps = 20_000) => {
    const core = openCore({
      store,
      clock,
      account: openFake(fake.carrier),
      ...(fault === undefined ? {} : { fault }),
    });
    await driveUntil(
      core,
      clock,
      async () => (await readCampaign(store)).phase === "completed",
      maxSteps,
    );
    core.kill();
    return readRollup(store);
  };
  const told = () =>
    db
      .all("select cause from notice where cause <> 'finished' order by seq")
      .map(({ cause }) => cause);
  const lines = () =>
    db
      .all("select event, detail from activity where event like 'engine.%budget%' order by seq")
      .map(({ detail }) => JSON.parse(String(detail)));
  return { store, db, clock, fake, allow, run, told, lines };
}

test("S4-22 what does not fit into a campaign's budget is skipped, and the campaign says so once", async () => {
  const { store, fake, run, lines } = await aWorld({ campaign: { budget: euros(0.55) } });
  const rollup = await run();
  expect(rollup?.states).toMatchObject({ delivered: 5, skipped: 5 });
  expect(rollup?.reasons).toEqual([{ state: "skipped", reason: "budget_reached", n: 5 }]);
  expect(rollup?.cost).toMatchObject({ amount: 0.5, units: 5 });
  expect(fake.calls).toHaveLength(5);
  expect(lines()).toEqual([{ what: "campaign" }]);
  expect(await store.delivery.findings({})).toEqual([]);
});

test("without a price a budget is of messages, or of segments", async () => {
  const { run } = await aWorld({ price: null, campaign: { budget: { units: 3 } } });
  expect((await run())?.states).toMatchObject({ delivered: 3, skipped: 7 });
  const content = { subject: "", text: "x".repeat(200), html: "" };
  const sms = await aWorld({
    price: null,
    campaign: { type: "sms", content, budget: { units: 9 } },
  });
  const rollup = await sms.run();
  expect(rollup?.states).toMatchObject({ delivered: 4, skipped: 6 });
  expect(sms.db.get("select billed from distribution")).toEqual({ billed: 8 });
});

test("who gets more segments than the least is asked for again, and never more is spent than allowed", async () => {
  const content = { subject: "", text: "{{ first_name }}".repeat(10) + "x".repeat(100), html: "" };
  const campaign = { type: "sms", content, budget: { units: 11 } } as const;
  const { db, store, fake, run } = await aWorld({ campaign, people: 12 });
  db.transact([() => db.run("update contact set first_name = 'Bartholomew' where seq % 2 = 0")]);
  const rollup = await run();
  const { units } = rollup?.cost ?? { units: 0 };
  expect(units).toBeLessThanOrEqual(11);
  expect(units).toBeGreaterThanOrEqual(10);
  expect(new Set(fake.calls.map(({ to }) => to)).size).toBe(fake.calls.length);
  expect(rollup?.states.delivered).toBe(fake.calls.length);
  expect(rollup?.states.skipped).toBe(12 - fake.calls.length);
  expect(await store.delivery.findings({})).toEqual([]);
});

test("the price of each number counts against the budget", async () => {
  const rates = [{ prefix: "+84", perUnit: 0.3 }];
  const content = { subject: "", text: "Hello", html: "" };
  const campaign = { type: "sms", content, budget: euros(0.7) } as const;
  const { db, store, run } = await aWorld({ campaign, price: { ...euro, rates } });
  db.transact([
    () => db.run("update contact set phone = '+84' || seq || '1234567' where seq <= 2"),
  ]);
  // Two at 0.30, and one at 0.10.
  const rollup = await run();
  expect(rollup?.states).toMatchObject({ delivered: 3, skipped: 7 });
  expect(rollup?.cost?.amount).toBe(0.7);
  expect(await store.delivery.findings({})).toEqual([]);
});

test.each([
  ["of another currency than the price", euro],
  ["where there is no price", null],
])("money %s buys nothing", async (_, price) => {
  const budget = { money: { currency: "USD", amount: 100 } };
  const { fake, run } = await aWorld({ campaign: { budget }, price });
  expect((await run())?.states).toMatchObject({ skipped: 10 });
  expect(fake.calls).toEqual([]);
});

test("one send counts once, however often it is tried", async () => {
  const seen = new Set<string>();
  const { store, run } = await aWorld({
    campaign: { budget: { units: 4 } },
    answer: (call, { key }) => {
      if (seen.has(key)) return deliveredAtOnce;
      seen.add(key);
      if (call % 2 === 0) {
        return { outcome: "unknown", reason: "provider_timeout", code: "", words: "" };
      }
      return { outcome: "later", reason: "network_error", afterMs: 1_000, code: "", words: "" };
    },
  });
  const rollup = await run();
  expect(rollup?.states).toMatchObject({ delivered: 4, skipped: 6 });
  expect(rollup?.cost?.units).toBe(4);
  expect(await store.delivery.findings({})).toEqual([]);
});

test("S0-12 a new send of what was taken and then failed counts again", async () => {
  const silent = { outcome: "accepted", state: "submitted", providerId: null } as const;
  const { db, store, clock, run } = await aWorld({
    campaign: { budget: { units: 12 } },
    answer: (call) => (call <= 10 ? silent : deliveredAtOnce),
  });
  expect((await run())?.states).toMatchObject({ unconfirmed: 10 });
  const failed = { state: "undelivered", reason: "unreachable" } as const;
  const lost = [1, 2, 3].map((n) => ({ ...failed, n, gen: 1, at: clock.now, code: "", words: "" }));
  await store.delivery.prove({ distribution: 1, proofs: lost, now: clock.now });
  expect(db.get("select sum(units) as n from spend")).toEqual({ n: 10 });
  const retry = { picks: [failed], at: clock.now, n: 3 };
  await setPhase(store, { phase: "active", run: 2, retry });
  expect((await run())?.states).toMatchObject({ delivered: 2, skipped: 1, unconfirmed: 7 });
  expect(db.get("select sum(units) as n from spend")).toEqual({ n: 12 });
  expect(await store.delivery.findings({})).toEqual([]);
});

test("S3-33 what was refused is free again for who is sent to again, and more may be allowed for the others", async () => {
  const { store, run, db } = await aWorld({
    campaign: { budget: { units: 6 } },
    answer: (call) =>
      call <= 2
        ? { outcome: "refused", reason: "invalid_address", code: "", words: "" }
        : deliveredAtOnce,
  });
  expect((await run())?.states).toMatchObject({ delivered: 4, failed: 2, skipped: 4 });
  expect(db.get("select sum(units) as n from spend")).toEqual({ n: 4 });
  const again = async (n: number, over: Partial<Campaign>) => {
    const picks = [{ state: "skipped", reason: "budget_reached" }] as const;
    const retry = { picks, at: startOfTime, n: 4 };
    await setPhase(store, { phase: "active", run: n, retry, ...over });
    return (await run())?.states;
  };
  expect(await again(2, {})).toMatchObject({ delivered: 6, failed: 2, skipped: 2 });
  expect(await again(3, { budget: { units: 20 } })).toMatchObject({ delivered: 8, skipped: 0 });
  expect(await store.delivery.findings({})).toEqual([]);
});

const countsForReal = { actsOnContacts: true };

test("S4-22 S4-D1 the month's budget is that of all campaigns together, and people are told at 80 and 100 %", async () => {
  const month = { zone: "Europe/Berlin", money: { currency: "EUR", amount: 0.8 } };
  const { store, clock, run, told, lines } = await aWorld({ month, summary: countsForReal });
  const rollup = await run();
  expect(rollup?.states).toMatchObject({ delivered: 8, skipped: 2 });
  // Both lines were passed in one intent: only the further one is told.
  expect(told()).toEqual(["month_spent"]);
  expect(lines()).toEqual([{ what: "money" }]);
  const { spent } = await store.budgets.budget({ workspace, now: clock.now });
  expect(spent).toEqual([{ channel: "email", currency: "EUR", units: 8, micros: 800_000 }]);
  // Clocks in Berlin show the first of December an hour before those in London do.
  const december = Date.parse("2026-11-30T23:00:00Z");
  expect((await store.budgets.budget({ workspace, now: december })).spent).toEqual([]);
  clock.now = december;
  const picks = [{ state: "skipped", reason: "budget_reached" }] as const;
  await setPhase(store, { phase: "active", run: 2, retry: { picks, at: december, n: 2 } });
  expect((await run())?.states).toMatchObject({ delivered: 10 });
  expect((await store.budgets.budget({ workspace, now: december })).spent).toMatchObject([
    { units: 2 },
  ]);
  expect(await store.delivery.findings({})).toEqual([]);
});

test("at 80 % people are told once, and again of a new amount", async () => {
  const month = { units: { email: 12, sms: 1 } };
  const { allow, run, told, store } = await aWorld({ month, summary: countsForReal });
  expect((await run())?.states).toMatchObject({ delivered: 10 });
  expect(told()).toEqual(["month_nearly_spent"]);
  await allow({ units: { email: 10, sms: null } });
  expect(await store.delivery.findings({})).toEqual([]);
});

test("a sandbox leaves the month alone", async () => {
  const { run, told } = await aWorld({ month: { units: { email: 1, sms: null } } });
  expect((await run())?.states).toMatchObject({ delivered: 10 });
  expect(told()).toEqual([]);
});

test("of 100 campaigns that ask at once for the last of the month, exactly one gets it", async () => {
  const { store, db } = openTestStore();
  seedContacts(db, manyContacts(1));
  const account = anAccount({ price: euro, summary: countsForReal });
  const budget = { ...noMonthBudget, money: { currency: "EUR", amount: 0.1 } };
  await store.budgets.changeBudget({ workspace, budget, by: null, now: startOfTime });
  const ids = Array.from({ length: 100 }, (_, n) => `${campaignId.slice(0, -3)}${100 + n}`);
  for (const id of ids) await seedDocuments(store, { campaign: aCampaign({ id }), account });
  for (const [index, id] of ids.entries()) {
    await store.delivery.launch({ workspace, campaignId: id, keyed: [], now: startOfTime });
    await store.delivery.freeze({ distribution: index + 1, batch: 10, now: startOfTime });
  }
  const wanted = { boot: "b", limit: 10, columns: [], now: startOfTime };
  const answers = await Promise.all(
    ids.map((_, index) => store.delivery.intent({ distribution: index + 1, ...wanted })),
  );
  expect(answers.filter(({ messages }) => messages.length === 1)).toHaveLength(1);
  expect(answers.filter(({ decided }) => decided === 1)).toHaveLength(99);
  expect(await store.delivery.findings({})).toEqual([]);
});

class PowerCut extends Error {}

const points = [
  "before intent",
  "intended",
  "before send",
  "sent",
  "before settle",
  "settled",
] as const;

test.each(points.flatMap((point) => [1, 2, 4].map((passing) => [point, passing] as const)))(
  "a power cut %s, passing %i, spends neither more nor less",
  async (point, passing) => {
    const { db, store, clock, fake, run } = await aWorld({
      campaign: { budget: euros(3) },
      month: { units: { email: 25, sms: null } },
      summary: countsForReal,
      people: 40,
    });
    let passed = 0;
    const cut = (name: FaultPoint): void => {
      if (name !== point) return;
      passed += 1;
      if (passed === passing) throw new PowerCut(name);
    };
    await run(cut, 60).catch(() => undefined);
    clock.now += 60_000;
    const rollup = await run();
    expect(rollup?.states).toMatchObject({ delivered: 25, skipped: 15 });
    expect(fake.effects.size).toBe(25);
    expect(db.get("select sum(units) as n from month_spend")).toEqual({ n: 25 });
    expect(await store.delivery.findings({})).toEqual([]);
  },
);
