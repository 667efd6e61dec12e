// Unique codes in messages: one code for one customer, whatever crashes, races, is repeated or canceled.
import { expect, test } from "vitest";
import type { Campaign } from "#domain/campaign/campaign.ts";
import { dayMs } from "#domain/core/time.ts";
import {
  addCodes,
  codeContent,
  codesByAddress,
  codesOfTwo,
  codeTroubles,
  countsOf,
  poolId,
  seedPool,
  someCodes,
} from "../../tests/support/delivery/code-world.ts";
import {
  createClock,
  driveUntil,
  openCore,
  settleDown,
} from "../../tests/support/delivery/drive.ts";
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
  user,
  workspace,
  type ContactSeed,
} from "../../tests/support/delivery/world.ts";
import type { Outcome, Outgoing } from "../providers/provider.ts";
import type { FaultPoint } from "./carriers.ts";

interface Options {
  readonly contacts?: readonly ContactSeed[];
  readonly codes?: number;
  readonly campaign?: Partial<Campaign>;
  readonly answer?: (message: Outgoing, call: number) => Outcome;
}

const coded = { content: codeContent, codePoolId: poolId } as const;

async function aCodedCampaign({
  contacts = manyContacts(12),
  codes = 20,
  campaign = {},
  answer = () => deliveredAtOnce,
}: Options = {}) {
  const { store, db } = openTestStore();
  seedContacts(db, contacts);
  await seedPool(store, codes);
  await seedDocuments(store, { campaign: aCampaign({ ...coded, ...campaign }) });
  const fake = createFakeCarrier(answer);
  const clock = createClock();
  const account = openFake(fake.carrier);
  const open = (fault?: (name: FaultPoint) => void) =>
    openCore({ store, clock, account, ...(fault === undefined ? {} : { fault }) });
  const core = open();
  const until = (phase: Campaign["phase"], by = core): Promise<void> =>
    driveUntil(by, clock, async () => (await readCampaign(store)).phase === phase);
  return { store, db, fake, clock, core, open, until, account };
}

test("S0-14 S0-28 I-11 everybody gets a code of their own, and what a provider took is published", async () => {
  const { store, db, fake, until } = await aCodedCampaign();
  await until("completed");
  expect(codesByAddress(fake.calls).size).toBe(12);
  expect(codesOfTwo(fake.calls)).toEqual([]);
  expect(fake.calls.map(({ content }) => content.text).toSorted()).toEqual(
    someCodes(12).toSorted(),
  );
  expect(await countsOf(store)).toMatchObject({ size: 20, left: 8, reserved: 0, published: 12 });
  expect(await readRollup(store)).toMatchObject({
    codes: { published: 12, redeemed: 0, poolRedeemed: 0 },
  });
  expect(codeTroubles(db)).toEqual([]);
  const [pool] = await store.sync.list({ workspace, kind: "codePool" });
  expect(pool).toMatchObject({ size: 20, left: 8 });
});

test("codes are kept for those who may be written to; whoever allows it later gets the next", async () => {
  const contacts = [
    ...manyContacts(2),
    { email: "no@example.org", consents: false },
    { email: null },
    { email: "more@example.org" },
  ];
  const { store, db, fake, core, clock, until } = await aCodedCampaign({ contacts, codes: 4 });
  await driveUntil(core, clock, async () => (await readCampaign(store)).total !== null, 50);
  expect(await countsOf(store)).toMatchObject({ left: 1, reserved: 3 });
  db.transact([
    () => {
      db.run(
        `insert into consent (workspace, contact, channel, granted, at, source)
          select workspace, seq, 'email', 1, 0, 'test' from contact where email = 'no@example.org'
          on conflict do update set granted = 1`,
      );
    },
  ]);
  await until("completed");
  expect([...codesByAddress(fake.calls).keys()].toSorted()).toEqual([
    "more@example.org",
    "no@example.org",
    "person1@example.org",
    "person2@example.org",
  ]);
  expect(await countsOf(store)).toMatchObject({ left: 0, published: 4 });
  expect(codeTroubles(db)).toEqual([]);
});

test("the same recipient keeps the code, however often and under however many keys it is sent", async () => {
  let tries = 0;
  const { store, db, fake, clock, until } = await aCodedCampaign({
    contacts: manyContacts(3),
    answer: ({ to }) => {
      if (to !== "person2@example.org") return deliveredAtOnce;
      tries += 1;
      if (tries <= 2) {
        return { outcome: "later", reason: "network_error", afterMs: null, code: "", words: "" };
      }
      if (tries === 3) return { outcome: "refused", reason: "spam_filtered", code: "", words: "" };
      return deliveredAtOnce;
    },
  });
  await until("completed");
  const picks = [{ state: "failed", reason: "spam_filtered" }] as const;
  const retry = { picks, at: clock.now, n: 1 };
  await setPhase(store, { phase: "active", run: 2, retry, completedAt: null });
  await until("completed");
  expect(tries).toBe(4);
  const codes = codesByAddress(fake.calls);
  expect(codes.get("person2@example.org")?.size).toBe(1);
  expect(new Set(fake.calls.map(({ key }) => key)).size).toBeGreaterThan(3);
  expect(await countsOf(store)).toMatchObject({ published: 3, left: 17 });
  expect(codeTroubles(db)).toEqual([]);
});

test("with too few codes nobody is written to: it stands still with its reason and goes on after more came", async () => {
  const { store, db, fake, core, clock, until } = await aCodedCampaign({ codes: 11 });
  await until("paused");
  expect(await readCampaign(store)).toMatchObject({ pauseReason: "codes" });
  expect(fake.calls).toHaveLength(0);
  await addCodes(store, someCodes(1, 100));
  await setPhase(store, { phase: "preparing", pausedFrom: null, pauseReason: null });
  await driveUntil(core, clock, async () => (await readCampaign(store)).phase === "completed");
  expect(codesByAddress(fake.calls).size).toBe(12);
  expect(codesOfTwo(fake.calls)).toEqual([]);
  expect(codeTroubles(db)).toEqual([]);
});

test("where whoever gets none is skipped, they are, and sent again they get what came since", async () => {
  const { store, db, fake, core, clock, until } = await aCodedCampaign({
    codes: 5,
    campaign: { codePolicy: "skip" },
  });
  await until("completed");
  expect(fake.calls).toHaveLength(5);
  expect(await readRollup(store)).toMatchObject({
    states: { delivered: 5, skipped: 7 },
    reasons: [{ state: "skipped", reason: "no_code_left", n: 7 }],
    codes: { published: 5 },
  });
  expect(await countsOf(store)).toMatchObject({ left: 0, reserved: 0 });
  await addCodes(store, someCodes(7, 100));
  const picks = [{ state: "skipped", reason: "no_code_left" }] as const;
  const retry = { picks, at: clock.now, n: 7 };
  await setPhase(store, { phase: "active", run: 2, retry, completedAt: null });
  await driveUntil(core, clock, () => fake.calls.length === 12);
  await until("completed");
  expect(codesOfTwo(fake.calls)).toEqual([]);
  expect(await countsOf(store)).toMatchObject({ left: 0, published: 12 });
  expect(codeTroubles(db)).toEqual([]);
});

test("canceled, the codes that nobody can know go back; those whose message had an intent do not", async () => {
  const people = 700;
  let canceled: Promise<void> | null = null;
  const { store, db, fake, core, clock, account } = await aCodedCampaign({
    contacts: manyContacts(people),
    codes: 900,
    answer: (_message, call) => {
      if (call === 30) canceled = setPhase(store, { phase: "canceled" });
      return deliveredAtOnce;
    },
  });
  await driveUntil(core, clock, async () => {
    await canceled;
    const row = db.get("select stage from distribution");
    return canceled !== null && row?.["stage"] === "done";
  });
  const counts = await countsOf(store);
  expect(counts.published).toBe(fake.calls.length);
  const claimed = Number(db.get("select count(*) as n from message where try > 0")?.["n"]);
  expect(counts.left).toBeLessThanOrEqual(900 - claimed);
  expect(counts.left).toBeGreaterThan(200);
  expect(codeTroubles(db)).toEqual([]);

  // The next campaign gets what went back, and nothing that somebody has.
  const next = campaignId.replace("c1", "c2");
  await seedDocuments(store, { campaign: aCampaign({ ...coded, id: next, codePolicy: "skip" }) });
  const second = openCore({ store, clock, account });
  await driveUntil(
    second,
    clock,
    async () => (await readCampaign(store, next)).phase === "completed",
  );
  const owners = new Map<string, string>();
  for (const { content, key } of fake.calls) {
    expect(owners.get(content.text) ?? key).toBe(key);
    owners.set(content.text, key);
  }
  expect(codeTroubles(db)).toEqual([]);
});

test("I-11 eight campaigns race for the last codes of a pool: none is issued twice, none is lost", async () => {
  const { store, db, fake, clock, core } = await aCodedCampaign({
    contacts: manyContacts(40),
    codes: 150,
    campaign: { codePolicy: "skip" },
  });
  const ids = Array.from({ length: 8 }, (_, n) => campaignId.replace("c1", `c${n + 1}`));
  for (const id of ids.slice(1)) {
    await seedDocuments(store, {
      account: anAccount(),
      campaign: aCampaign({ ...coded, id, codePolicy: "skip" }),
    });
  }
  await driveUntil(core, clock, async () => {
    const all = await Promise.all(ids.map((id) => readCampaign(store, id)));
    return all.every(({ phase }) => phase === "completed");
  });
  const sent = fake.calls.map(({ content }) => content.text);
  expect(sent).toHaveLength(150);
  expect(new Set(sent).size).toBe(150);
  expect(await countsOf(store)).toMatchObject({ left: 0, reserved: 0, published: 150 });
  expect(codeTroubles(db)).toEqual([]);
});

class PowerCut extends Error {}

const points = ["launched", "frozen", "intended", "before send", "sent", "settled"] as const;

test.each(points)(
  "I-11 a power cut at '%s' issues no code twice and none for nothing",
  async (point) => {
    const { store, db, fake, clock, open, until } = await aCodedCampaign({
      contacts: manyContacts(60),
      codes: 60,
    });
    let passed = 0;
    const first = open((name) => {
      if (name !== point) return;
      passed += 1;
      if (passed === 1) throw new PowerCut(name);
    });
    await expect(until("completed", first)).rejects.toThrow(
      /^(?:the engine did not get there|launched|frozen|intended|before send|sent|settled)/,
    );
    first.kill();
    await settleDown();
    clock.now += 1_000;
    await until("completed", open());
    const told = codesByAddress(fake.calls);
    expect([...told.values()].every((codes) => codes.size === 1)).toBe(true);
    expect(codesOfTwo(fake.calls)).toEqual([]);
    expect(await countsOf(store)).toMatchObject({ left: 0, reserved: 0, published: 60 });
    expect(codeTroubles(db)).toEqual([]);
  },
);

test("S0-15 S0-30 AMB-02 I-4 redeemed of this campaign, and redeemed of the pool, are two numbers", async () => {
  const { store, db, fake, core, clock, until } = await aCodedCampaign({
    contacts: manyContacts(4),
    codes: 10,
  });
  await until("completed");
  const use = (code: string, key: string) => {
    const facts = { workspace, poolId, code, key, by: "message", at: clock.now } as const;
    return store.codes.redeem({ ...facts, properties: {}, now: clock.now });
  };
  const sent = fake.calls.map(({ content }) => content.text);
  expect(await use(sent[0] ?? "", "1")).toMatchObject({ outcome: "redeemed", campaignId });
  expect(await use(sent[0] ?? "", "1")).toMatchObject({ outcome: "repeated", campaignId });
  expect(await use(sent[1] ?? "", "1")).toMatchObject({ outcome: "redeemed" });
  // S0-D3: nobody was sent this one; it is published by its use, and no campaign gets it.
  expect(await use("CODE-9", "1")).toMatchObject({ outcome: "redeemed", campaignId: null });
  await core.step();
  expect(await readRollup(store)).toMatchObject({
    marks: { redeemed: 2 },
    codes: { published: 4, redeemed: 2, poolRedeemed: 3 },
  });
  expect(await countsOf(store)).toMatchObject({ published: 5, redeemed: 3, left: 5 });

  const next = campaignId.replace("c1", "c2");
  await seedDocuments(store, { campaign: aCampaign({ ...coded, id: next }) });
  await driveUntil(
    core,
    clock,
    async () => (await readCampaign(store, next)).phase === "completed",
  );
  expect(fake.calls.map(({ content }) => content.text)).not.toContain("CODE-9");
  expect(codeTroubles(db)).toEqual([]);
});

test.each(["minutes", "hours and days"])(
  "S0-D5 what is rolled back is not counted any more: on the message, over time by %s, and in the pool",
  async (spans) => {
    const { store, db, fake, core, clock, until } = await aCodedCampaign({
      contacts: manyContacts(2),
      codes: 3,
    });
    await until("completed");
    const use = (code: string, key: string) => {
      const facts = { workspace, poolId, code, key, by: "message", at: clock.now } as const;
      return store.codes.redeem({ ...facts, user, properties: {}, now: clock.now });
    };
    const [first = "", second = ""] = fake.calls.map(({ content }) => content.text);
    for (const code of [first, second]) await use(code, "1");
    const [, use1] = await store.codes.uses({
      workspace,
      seesAddresses: true,
      before: null,
      limit: 10,
    });
    expect(use1).toMatchObject({ code: first, result: "redeemed", campaignId, by: user });
    if (spans !== "minutes") {
      clock.now += 400 * dayMs;
      while ((await store.delivery.fold({ now: clock.now, limit: 1_000 })) >= 1_000);
    }
    const back = () =>
      store.codes.rollBack({ workspace, poolId, n: use1?.n ?? 0, by: user, now: clock.now });
    expect(await back()).toBe("done");
    expect(await back()).toBe("not_redeemed");
    expect(await countsOf(store)).toMatchObject({ published: 2, redeemed: 1, redemptions: 1 });
    await core.step();
    const rollup = await readRollup(store);
    expect(rollup).toMatchObject({ marks: { redeemed: 1 }, codes: { published: 2, redeemed: 1 } });
    expect(codeTroubles(db)).toEqual([]);
    expect(await store.delivery.findings({})).toEqual([]);
    expect(await use(first, "2")).toMatchObject({ outcome: "redeemed", redemptions: 1 });
    expect(await use(first, "1")).toEqual({ outcome: "key_rolled_back" });
    expect(codeTroubles(db)).toEqual([]);
  },
);

test("S0-D3 a code that is redeemed before its message went out is published at that moment, and stays its recipient's", async () => {
  const { store, db, fake, core, clock, until } = await aCodedCampaign({
    contacts: manyContacts(3),
    codes: 3,
    answer: () => ({ outcome: "refused", reason: "invalid_address", code: "", words: "" }),
  });
  await driveUntil(core, clock, async () => (await readCampaign(store)).phase === "active", 20);
  const facts = { workspace, poolId, key: "1", by: "message", at: clock.now } as const;
  const rest = { properties: {}, now: clock.now };
  await store.codes.redeem({ ...facts, ...rest, code: "CODE-2" });
  expect(await countsOf(store)).toMatchObject({ left: 0, published: 1, redeemed: 1, reserved: 2 });
  await until("completed");
  expect(fake.calls).toHaveLength(3);
  // Not one message was taken, and still the code that was used is published.
  expect(await readRollup(store)).toMatchObject({
    states: { failed: 3 },
    codes: { published: 1, redeemed: 1 },
  });
  expect(codeTroubles(db)).toEqual([]);
});
