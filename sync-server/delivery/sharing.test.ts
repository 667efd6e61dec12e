// Campaigns that share an account, or a sender, take turns: through the engine's core on a real
// store. No moment here is real time.
import { describe, expect, test } from "vitest";
import type { Limits } from "#domain/campaign/account.ts";
import { dayMs, secondMs } from "#domain/core/time.ts";
import { anId } from "../../tests/support/campaigns.ts";
import { createClock, openCore, settleDown } from "../../tests/support/delivery/drive.ts";
import {
  createFakeCarrier,
  deliveredAtOnce,
  openFake,
} from "../../tests/support/delivery/fake-carrier.ts";
import {
  aCampaign,
  anAccount,
  anAudience,
  manyContacts,
  openTestStore,
  readCampaign,
  seedContacts,
  seedDocuments,
  setPhase,
} from "../../tests/support/delivery/world.ts";
import type { Outcome } from "../providers/provider.ts";

const large = anId(0xc1);
const small = anId(0xc2);

interface Call {
  readonly at: number;
  readonly of: string;
  readonly to: string;
  readonly end: (outcome: Outcome) => void;
}

interface Options {
  readonly limits: Partial<Limits>;
  readonly honoursKeys?: boolean;
  /** How long a call takes; 0: it ends at once. */
  readonly callMs?: number;
  readonly people?: number;
  readonly few?: number;
  /** The small campaign goes through an account of its own, of the same sender. */
  readonly hasOwn?: boolean;
}

/** A large campaign that goes on, and a small one to some of its people that is about to be launched. */
async function twoCampaigns(options: Options) {
  const { people = 120, few = 12, limits, honoursKeys = true, callMs = 0 } = options;
  const { store, db } = openTestStore();
  const countries = manyContacts(people).map((_, n) => (n < few ? "FR" : "DE"));
  seedContacts(
    db,
    countries.map((country) => ({ country })),
  );
  await seedDocuments(store, { campaign: aCampaign({ id: large, content: textOf(large) }) });
  const filter = { kind: "filter", filter: { countries: ["FR"] } } as const;
  const audience = anAudience({ id: anId(0xa2), rule: filter });
  const account = options.hasOwn === true ? anAccount({ id: anId(0xb2) }) : anAccount();
  await seedDocuments(store, {
    account,
    audience,
    campaign: aCampaign({
      id: small,
      content: textOf(small),
      audienceId: audience.id,
      accountId: account.id,
      phase: "draft",
      launchedAt: null,
    }),
  });
  const clock = createClock();
  const calls: Call[] = [];
  const open: Call[] = [];
  const fake = createFakeCarrier(
    ({ content, to }) =>
      new Promise((resolve) => {
        const call = { at: clock.now, of: content.text, to, end: resolve };
        calls.push(call);
        if (callMs === 0) resolve(deliveredAtOnce);
        else open.push(call);
      }),
  );
  const core = openCore({ store, clock, account: openFake(fake.carrier, { limits, honoursKeys }) });
  /** Steps until it is done; calls end in time. */
  const drive = async (isDone: () => Promise<boolean> | boolean): Promise<void> => {
    for (let steps = 0; steps < 20_000; steps++) {
      const next = await core.step();
      await settleDown();
      if (await isDone()) return;
      const ends = (open[0]?.at ?? Infinity) + callMs;
      clock.now = Math.max(clock.now + 1, Math.min(next ?? clock.now + 250, ends));
      while (open[0] !== undefined && open[0].at + callMs <= clock.now) {
        open.shift()?.end(deliveredAtOnce);
        await settleDown();
      }
    }
    throw new Error("the engine did not get there");
  };
  const of = (id: string): readonly Call[] => calls.filter((call) => call.of === id);
  const isDone = async (id: string): Promise<boolean> =>
    (await readCampaign(store, id)).phase === "completed";
  const launch = () => setPhase(store, { phase: "preparing", launchedAt: clock.now }, small);
  return { clock, calls, core, drive, isDone, launch, of };
}

function textOf(id: string) {
  return { subject: "Hello", text: id, html: "" };
}

function tookMs(calls: readonly Call[]): number {
  return (calls.at(-1)?.at ?? 0) - (calls[0]?.at ?? 0);
}

/** How many of the large campaign's calls lie between two calls of the small one. */
function between(calls: readonly Call[]): readonly number[] {
  const places = calls.flatMap(({ of }, index) => (of === small ? [index] : []));
  return places.slice(1).map((place, index) => place - (places[index] ?? 0) - 1);
}

describe.each([
  ["keys are honoured", true],
  ["keys are not honoured", false],
])("where %s", (_, honoursKeys) => {
  test.each([
    ["one call at a time", { concurrency: 1 }, 40],
    ["a few calls at a time", { concurrency: 4 }, 40],
    ["ten messages a second", { concurrency: 20, perSecond: 10 }, 0],
  ])(
    "a small campaign that is launched later goes on at half of what an account gives: %s",
    { timeout: 60_000 },
    async (_name, limits, callMs) => {
      const campaigns = await twoCampaigns({ limits, honoursKeys, callMs });
      const { calls, drive, isDone, launch, of } = campaigns;
      await drive(() => of(large).length >= 20);
      await launch();
      const before = calls.length;
      await drive(() => isDone(small));
      expect(of(small)).toHaveLength(12);
      expect(await isDone(large)).toBe(false);
      // What the large one had claimed, and turns that go round.
      expect(calls.length - before).toBeLessThanOrEqual(12 * 2 + 20);
      expect(Math.max(...between(calls))).toBeLessThanOrEqual(4);
      await drive(() => isDone(large));
      expect(of(large)).toHaveLength(120);
    },
  );
});

test("an account whose slots two campaigns share is used as much as by one", async () => {
  const alone = await twoCampaigns({ limits: { concurrency: 3 }, callMs: 50, few: 0 });
  await alone.drive(() => alone.isDone(large));
  const both = await twoCampaigns({ limits: { concurrency: 3 }, callMs: 50, people: 100, few: 20 });
  await both.launch();
  await both.drive(async () => (await both.isDone(large)) && (await both.isDone(small)));
  expect(both.calls).toHaveLength(alone.calls.length);
  expect(tookMs(both.calls)).toBeLessThanOrEqual(tookMs(alone.calls) * 1.1);
});

test("two accounts of one sender take turns in what it may send in a second", async () => {
  const limits = { perSender: 10 };
  const campaigns = await twoCampaigns({ limits, hasOwn: true, people: 80, few: 10 });
  const { calls, drive, isDone, launch, of } = campaigns;
  await drive(() => of(large).length >= 15);
  await launch();
  await drive(() => isDone(small));
  expect(of(small)).toHaveLength(10);
  expect(Math.max(...between(calls))).toBeLessThanOrEqual(4);
  await drive(() => isDone(large));
  expect(calls).toHaveLength(90);
  for (const from of calls.map(({ at }) => at)) {
    const within = calls.filter(({ at }) => at >= from && at < from + secondMs);
    expect(within.length).toBeLessThanOrEqual(13);
  }
});

test("what a new sender may send in a day is shared out, and none of it is left over", async () => {
  const warmUp = { firstDay: 20, fullDay: 80 };
  const campaigns = await twoCampaigns({ limits: { warmUp }, people: 90, few: 40 });
  const { calls, drive, isDone, launch, of } = campaigns;
  await launch();
  await drive(async () => (await isDone(large)) && (await isDone(small)));
  const first = calls[0]?.at ?? 0;
  const ofDay = (day: number, list: readonly Call[]): number =>
    list.filter(({ at }) => Math.floor((at - first) / dayMs) === day).length;
  expect([0, 1].map((day) => ofDay(day, calls))).toEqual([20, 40]);
  for (const id of [large, small]) expect(ofDay(1, of(id))).toBeGreaterThanOrEqual(15);
});
