/** Editing a paused campaign: who keeps the earlier text, and who takes the new one. */
import { expect, test } from "vitest";
import { defaultAccessSettings } from "#domain/access/permission.ts";
import type { Campaign } from "#domain/campaign/campaign.ts";
import { decide } from "#domain/sync/decide.ts";
import {
  createClock,
  driveUntil,
  openCore,
  settleDown,
} from "../../tests/support/delivery/drive.ts";
import {
  accepted,
  createFakeCarrier,
  deliveredAtOnce,
  openFake,
  type FakeAccount,
} from "../../tests/support/delivery/fake-carrier.ts";
import {
  aCampaign,
  anAccount,
  campaignId,
  manyContacts,
  openTestStore,
  readCampaign,
  seedContacts,
  seedDocuments,
  setPhase,
  user,
  workspace,
} from "../../tests/support/delivery/world.ts";
import type { Act } from "#domain/sync/command.ts";
import { viewOf } from "../commands/view.ts";
import type { Outcome, Outgoing } from "../providers/provider.ts";

const unknown: Outcome = { outcome: "unknown", reason: "provider_timeout", code: "", words: "" };
const busy: Outcome = {
  outcome: "later",
  reason: "rate_limited",
  code: "429",
  words: "",
  afterMs: 60_000,
};

interface Options {
  readonly people: number;
  readonly answer: (message: Outgoing, call: number) => Outcome | Promise<Outcome>;
  readonly account?: FakeAccount;
}

async function aWorld({ people, answer, account = {} }: Options) {
  const { store, db } = openTestStore();
  seedContacts(db, manyContacts(people));
  const provider = account.honoursKeys === false ? "smtp" : "sandbox";
  await seedDocuments(store, { campaign: aCampaign(), account: anAccount({ provider }) });
  const fake = createFakeCarrier(answer);
  const clock = createClock();
  const start = () => openCore({ store, clock, account: openFake(fake.carrier, account) });
  let core = start();
  const perform = async (act: Act): Promise<void> => {
    const keys = [["campaign", campaignId]] as const;
    const found = await store.sync.read({ workspace, keys: [...keys] });
    const context = { now: clock.now, user, role: "admin", authority: true } as const;
    const decision = decide(viewOf(found), act, { ...context, access: defaultAccessSettings });
    if (decision.outcome === "rejected") throw new Error(decision.refusal.type);
    const { writes } = decision;
    await store.sync.commitWrites({
      workspace,
      expect: [],
      writes,
      activity: null,
      now: clock.now,
    });
  };
  return {
    store,
    db,
    fake,
    clock,
    pause: () => perform({ name: "campaign.pause", args: { id: campaignId } }),
    resume: () => perform({ name: "campaign.resume", args: { id: campaignId } }),
    say: async (set: string) => {
      const { content } = await readCampaign(store);
      const text = { was: content.text, set };
      await perform({ name: "campaign.edit", args: { id: campaignId, content: { text } } });
    },
    step: async () => {
      await core.step();
      await settleDown();
    },
    restart: () => {
      core.kill();
      core = start();
    },
    until: (phase: Campaign["phase"]) =>
      driveUntil(core, clock, async () => (await readCampaign(store)).phase === phase),
    untilCalls: (calls: number) => driveUntil(core, clock, () => fake.calls.length >= calls),
  };
}

/** What was said to whom, in order. */
function said(calls: readonly Outgoing[]): ReadonlyMap<string, readonly string[]> {
  const all = new Map<string, string[]>();
  for (const { to, content } of calls) all.set(to, [...(all.get(to) ?? []), content.text]);
  return all;
}

/** No key ever carried two texts. */
function expectOneTextPerKey(calls: readonly Outgoing[]): void {
  const texts = new Map<string, string>();
  for (const { key, content } of calls) {
    expect(texts.get(key) ?? content.text).toBe(content.text);
    texts.set(key, content.text);
  }
}

/** Each row tells the text that was last said to its person. */
async function expectToldTexts({ store, fake, db }: Awaited<ReturnType<typeof aWorld>>) {
  const texts = await store.reports.wordings({ workspace, campaignId });
  const filter = { ...everybody, edition: null };
  const rows = await store.reports.rows({ workspace, campaignId, filter, after: 0, limit: 100 });
  const last = new Map(fake.calls.map(({ to, content }) => [to, content.text]));
  const told = rows.map(({ address, edition }) => {
    const words = texts.find((each) => each.edition === edition)?.content.text ?? "";
    return [address, words.split(" ")[0]];
  });
  expect(told).toEqual(rows.map(({ address }) => [address, last.get(address)?.split(" ")[0]]));
  for (const { edition } of texts) {
    const asked = { workspace, campaignId, filter: { ...everybody, edition } };
    const wanted = rows.filter((row) => row.edition === edition);
    expect(await store.reports.rows({ ...asked, after: 0, limit: 100 })).toEqual(wanted);
    expect(await store.reports.countRows(asked)).toBe(wanted.length);
  }
  expect(new Set(rows.map(({ edition }) => edition)).size).toBe(texts.length);
  const noted = db.all("select n from message where edition > 1").length;
  expect(noted).toBe(rows.filter(({ edition }) => (edition ?? 0) > 1).length);
}

const everybody = { states: [], reasons: [], carrier: null, q: null, inAddress: true } as const;

const slow = { limits: { perSecond: 4, concurrency: 1 } } as const;

test("delivery.md 1.6 who is still queued takes the new text, and nobody gets both", async () => {
  const world = await aWorld({ people: 20, answer: () => deliveredAtOnce, account: slow });
  await world.untilCalls(5);
  await world.pause();
  await world.step();
  const before = world.fake.calls.length;
  await world.say("New words for {{ first_name }}");
  await world.resume();
  await world.until("completed");

  const { calls } = world.fake;
  expect(calls).toHaveLength(20);
  expect(said(calls).size).toBe(20);
  const old = calls.filter(({ content }) => content.text.startsWith("Hello"));
  expect(old).toEqual(calls.slice(0, before));
  expect(calls.at(-1)?.content.text).toMatch(/^New words for Name\d+$/);

  const { editions } = await readCampaign(world.store);
  expect(editions).toMatchObject([
    { n: 1, handed: before },
    { n: 2, handed: null },
  ]);
  const { lines } = await readLines(world);
  expect(lines).toContainEqual({ edition: 2, earlier: before, later: 20 - before });
  expect(await world.store.delivery.findings({})).toEqual([]);
  await expectToldTexts(world);
});

async function readLines({ db }: Pick<Awaited<ReturnType<typeof aWorld>>, "db">) {
  const rows = db.all("select detail from activity where event = 'engine.edited' order by seq");
  return { lines: rows.map(({ detail }) => JSON.parse(String(detail))) };
}

test("delivery.md 2.4 a repeat under the same key says what it said before the edit", async () => {
  const first = new Set<string>();
  const world = await aWorld({
    people: 12,
    account: slow,
    answer: ({ to }) => {
      const isFirst = !first.has(to);
      first.add(to);
      if (isFirst && first.size === 2) return unknown;
      return isFirst && first.size === 3 ? busy : deliveredAtOnce;
    },
  });
  await world.untilCalls(3);
  await world.pause();
  await world.step();
  await world.say("New words");
  await world.resume();
  await world.until("completed");

  const { calls } = world.fake;
  expectOneTextPerKey(calls);
  const twice = [...said(calls).values()].filter((texts) => texts.length === 2);
  expect(twice).toHaveLength(2);
  for (const texts of twice) expect(texts.every((text) => text.startsWith("Hello"))).toBe(true);
  expect(calls.filter(({ content }) => content.text === "New words").length).toBeGreaterThan(7);
  await expectToldTexts(world);
});

test("what failed for certain and is sent again takes the newest text", async () => {
  const refusal: Outcome = { outcome: "refused", reason: "unreachable", code: "", words: "" };
  const world = await aWorld({
    people: 6,
    account: slow,
    answer: (_message, call) => (call === 2 ? refusal : deliveredAtOnce),
  });
  await world.untilCalls(3);
  await world.pause();
  await world.step();
  await world.say("New words");
  await world.resume();
  await world.until("completed");
  const { calls } = world.fake;
  const twice = [...said(calls).values()].find((texts) => texts.length === 2);
  expect(twice?.[0]).toMatch(/^Hello/);
  expect(twice?.[1]).toBe("New words");
  await expectToldTexts(world);
});

test("after a crash, what was in flight during the edit keeps its text", async () => {
  let isHanging = true;
  const world = await aWorld({
    people: 8,
    account: { limits: { concurrency: 4 } },
    answer: () => (isHanging ? new Promise<Outcome>(() => undefined) : deliveredAtOnce),
  });
  await world.untilCalls(1);
  await world.pause();
  await world.step();
  const called = new Set(world.fake.calls.map(({ to }) => to));
  await world.say("New words");
  world.restart();
  isHanging = false;
  await world.resume();
  await world.until("completed");

  const { calls } = world.fake;
  expectOneTextPerKey(calls);
  for (const [to, texts] of said(calls)) {
    if (called.has(to)) expect(texts.every((text) => text.startsWith("Hello"))).toBe(true);
  }
  expect(said(calls).size).toBe(8);
  await expectToldTexts(world);
});

test("S1-D6 each of several edits counts: three texts, each to its own recipients", async () => {
  const world = await aWorld({ people: 12, answer: () => accepted, account: slow });
  for (const [n, words] of [
    [3, "Second"],
    [7, "Third"],
  ] as const) {
    await world.untilCalls(n);
    await world.pause();
    await world.step();
    await world.say(words);
    await world.resume();
  }
  await world.until("completed");
  const texts = world.fake.calls.map(({ content }) => content.text);
  const seconds = texts.filter((text) => text === "Second").length;
  const thirds = texts.filter((text) => text === "Third").length;
  const { editions = [] } = await readCampaign(world.store);
  expect(editions.map(({ handed }) => handed)).toEqual([12 - seconds - thirds, seconds, null]);
  expect(thirds).toBeGreaterThan(0);
  const [first] = world.db.all("select seq from distribution");
  const wordings = await world.store.delivery.wordings({ distribution: Number(first?.["seq"]) });
  expect(wordings.map(({ content }) => content.text)).toEqual([
    "Hello {{ first_name }}!",
    "Second",
    "Third",
  ]);
  await expectToldTexts(world);
});

test("S0-D7 what nobody agreed to is not sent, not even to try whether the account works again", async () => {
  const world = await aWorld({ people: 6, answer: () => deliveredAtOnce, account: slow });
  await world.untilCalls(2);
  await world.pause();
  await world.step();
  const before = world.fake.calls.length;
  await setPhase(world.store, {
    pauseReason: "breaker",
    approval: {
      state: "asked",
      contentHash: "h",
      audienceRev: 1,
      askedBy: user,
      askedAt: world.clock.now,
      schedule: null,
      by: null,
      at: null,
      reason: "",
    },
  });
  await world.store.delivery.goOn({ reason: "breaker", now: world.clock.now });
  for (let i = 0; i < 20; i++) {
    world.clock.now += 60_000;
    await world.step();
  }
  expect(world.fake.calls).toHaveLength(before);
  expect((await readCampaign(world.store)).phase).toBe("paused");
});
