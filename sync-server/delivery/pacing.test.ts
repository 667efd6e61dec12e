// Limits by account, sender, mail domain and recipient, and what a full disk does, through the
// engine's core on a real store. No moment here is real time.
import { expect, test } from "vitest";
import { hourMs, secondMs } from "#domain/core/time.ts";
import type { ContactSeed } from "../../tests/support/delivery/world.ts";
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
  aCampaign,
  campaignId,
  manyContacts,
  openTestStore,
  readCampaign,
  readRollup,
  seedContacts,
  seedDocuments,
  startOfTime,
} from "../../tests/support/delivery/world.ts";
import { anId } from "../../tests/support/campaigns.ts";
import type { Outcome } from "../providers/provider.ts";

const other = anId(0xc2);

interface Options {
  readonly contacts: readonly ContactSeed[];
  readonly account: FakeAccount;
  readonly campaigns?: readonly string[];
  readonly answer?: (now: number, to: string) => Outcome;
}

/** Campaigns whose calls are noted with their moment. */
async function pacedCampaigns({ contacts, account, campaigns = [campaignId], answer }: Options) {
  const { store, db } = openTestStore();
  seedContacts(db, contacts);
  for (const id of campaigns) await seedDocuments(store, { campaign: aCampaign({ id }) });
  const clock = createClock();
  const calls: { readonly at: number; readonly to: string }[] = [];
  const fake = createFakeCarrier((message) => {
    calls.push({ at: clock.now, to: message.to });
    return answer?.(clock.now, message.to) ?? deliveredAtOnce;
  });
  const open = () => openCore({ store, clock, account: openFake(fake.carrier, account) });
  const isDone = async (id: string): Promise<boolean> =>
    (await readCampaign(store, id)).phase === "completed";
  const until = (core = open()) =>
    driveUntil(
      core,
      clock,
      async () => (await Promise.all(campaigns.map((id) => isDone(id)))).every(Boolean),
      20_000,
    );
  return { store, db, clock, calls, open, until };
}

/** The most calls that began in any second. */
function mostInASecond(calls: readonly { readonly at: number }[]): number {
  const counts = calls.map(
    ({ at: from }) => calls.filter(({ at }) => at >= from && at < from + secondMs).length,
  );
  return Math.max(0, ...counts);
}

test("two campaigns through one account share its messages a second", async () => {
  const { calls, until } = await pacedCampaigns({
    contacts: manyContacts(60),
    campaigns: [campaignId, other],
    account: { limits: { perSecond: 20, concurrency: 50 } },
  });
  await until();
  expect(calls).toHaveLength(120);
  expect(mostInASecond(calls)).toBeLessThanOrEqual(25);
});

test("a slow mail domain is not sent to faster than its limit, and holds up nobody else", async () => {
  const contacts = Array.from({ length: 60 }, (_, n) => ({
    email: n % 3 === 0 ? `a${n}@elsewhere.org` : `a${n}@slow.example`,
  }));
  const { calls, until } = await pacedCampaigns({
    contacts,
    account: { limits: { perDomain: 4, concurrency: 20 } },
  });
  await until();
  const slow = calls.filter(({ to }) => to.endsWith("@slow.example"));
  const rest = calls.filter(({ to }) => to.endsWith("@elsewhere.org"));
  expect(slow).toHaveLength(40);
  expect(new Set(calls.map(({ to }) => to)).size).toBe(60);
  expect(mostInASecond(slow)).toBeLessThanOrEqual(5);
  // Twenty at four a second take five seconds; those of the slow domain ten.
  const lastOf = (list: typeof calls) => Math.max(...list.map(({ at }) => at));
  expect(lastOf(rest)).toBeLessThan(lastOf(slow));
  expect(lastOf(slow) - (calls[0]?.at ?? 0)).toBeLessThan(15 * secondMs);
});

test("nobody gets two messages within the seconds between them, whichever campaigns they are of", async () => {
  const { calls, until } = await pacedCampaigns({
    contacts: manyContacts(5),
    campaigns: [campaignId, other],
    account: { limits: { pairSeconds: 6, concurrency: 20 } },
  });
  await until();
  expect(calls).toHaveLength(10);
  for (const to of new Set(calls.map((call) => call.to))) {
    const [first, second] = calls.filter((call) => call.to === to).map(({ at }) => at);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(6 * secondMs);
  }
});

test("a sender keeps to its messages a second", async () => {
  const { calls, until } = await pacedCampaigns({
    contacts: manyContacts(30),
    account: { limits: { perSender: 10, concurrency: 20 } },
  });
  await until();
  expect(mostInASecond(calls)).toBeLessThanOrEqual(13);
});

test.each([
  ["an account", { perSecond: 8 }],
  ["a sender", { perSender: 8 }],
])("a restart adds no burst to what %s may have", async (_name, limit) => {
  const { calls, clock, open, until } = await pacedCampaigns({
    contacts: manyContacts(60),
    account: { limits: { ...limit, concurrency: 20 } },
  });
  for (let restarts = 0; restarts < 10; restarts++) {
    const core = open();
    const seen = calls.length;
    await driveUntil(core, clock, () => calls.length > seen);
    core.kill();
  }
  await until();
  expect(mostInASecond(calls)).toBeLessThanOrEqual(10);
});

test("S3-27 asked to slow down, an account sends at half its rate and comes back to it", async () => {
  let asked = 0;
  const { calls, until, store } = await pacedCampaigns({
    contacts: manyContacts(900),
    account: { limits: { perSecond: 40, concurrency: 40 } },
    answer: () => {
      if (calls.length !== 200) return deliveredAtOnce;
      asked = calls[199]?.at ?? 0;
      const words = { code: "429", words: "too many" };
      return { outcome: "later", reason: "rate_limited", afterMs: secondMs, ...words };
    },
  });
  await until();
  const between = (from: number, to: number): number =>
    calls.filter(({ at }) => at > asked + from && at <= asked + to).length;
  // Those that were in flight are answered; then a second of silence, as it was asked for.
  expect(between(50, secondMs - 1)).toBe(0);
  expect(between(secondMs, 3 * secondMs)).toBeLessThanOrEqual(60);
  expect(between(12 * secondMs, 14 * secondMs)).toBeGreaterThanOrEqual(60);
  expect((await readRollup(store))?.states).toMatchObject({ delivered: 900 });
});

/** What a mail host says that wants to see a sender come back. */
const greyListed: Outcome = {
  outcome: "later",
  reason: "rate_limited",
  afterMs: null,
  by: "domain",
  code: "450",
  words: "450 4.7.1 greylisted",
};

function twoDomains(people: number): readonly ContactSeed[] {
  return Array.from({ length: people }, (_, n) => ({
    email: `a${n}@${n % 2 === 0 ? "careful.example" : "elsewhere.org"}`,
  }));
}

test("a mail domain that puts messages off rests and begins anew, over a restart too; the others go on", async () => {
  const { calls, clock, open, store, until } = await pacedCampaigns({
    contacts: twoDomains(120),
    account: { limits: { concurrency: 10 } },
    answer: (now, to) =>
      to.endsWith("@careful.example") && now < startOfTime + 50_000 ? greyListed : deliveredAtOnce,
  });
  const ofCareful = () => calls.filter(({ to }) => to.endsWith("@careful.example"));
  const others = () => calls.length - ofCareful().length;
  const core = open();
  await driveUntil(core, clock, () => others() >= 60);
  const asked = ofCareful();
  // Those that were in flight when the first answer came.
  expect(asked.length).toBeLessThanOrEqual(10);
  core.kill();
  const restarted = open();
  const restEnds = (asked[0]?.at ?? 0) + 60 * secondMs;
  await until(restarted);
  expect(ofCareful().filter(({ at }) => at < restEnds)).toHaveLength(asked.length);
  const later = ofCareful().filter(({ at }) => at >= restEnds);
  expect(later.filter(({ at }) => at < restEnds + 2 * secondMs).length).toBeLessThanOrEqual(4);
  expect(mostInASecond(later)).toBeGreaterThan(1);
  expect((later.at(-1)?.at ?? 0) - restEnds).toBeLessThan(60 * secondMs);
  expect((await readRollup(store))?.states).toMatchObject({ delivered: 120 });
});

test("a mail domain that puts everything off is asked less and less often, and its people fail in the end", async () => {
  const { calls, clock, store, until } = await pacedCampaigns({
    contacts: twoDomains(20),
    account: { limits: { concurrency: 1 }, guards: { failurePercent: null } },
    answer: (_now, to) => (to.endsWith("@careful.example") ? greyListed : deliveredAtOnce),
  });
  const from = clock.now;
  await until();
  const asked = calls
    .filter(({ to }) => to.endsWith("@careful.example"))
    .map(({ at }) => at - from);
  const rests = asked.slice(1, 7).map((at, k) => at - (asked[k] ?? 0));
  expect(rests.map((ms) => Math.round(ms / (60 * secondMs)))).toEqual([1, 2, 4, 8, 15, 15]);
  expect(asked).toHaveLength(6 + 10);
  const rollup = await readRollup(store);
  expect(rollup?.states).toMatchObject({ delivered: 10, failed: 10 });
  expect(rollup?.reasons).toContainEqual({ state: "failed", reason: "rate_limited", n: 10 });
});

test("the counters say what keeps a campaign from going faster", async () => {
  const { clock, open, calls, store } = await pacedCampaigns({
    contacts: manyContacts(200),
    account: { limits: { perSecond: 5, concurrency: 20 } },
  });
  const core = open();
  await driveUntil(core, clock, () => calls.length >= 20);
  await driveUntil(core, clock, () => calls.length >= 40);
  expect(await readRollup(store)).toMatchObject({ limitedBy: "account", rate: expect.any(Number) });
});

test("a full disk stands still by itself, loses nobody, and goes on within ten seconds of space", async () => {
  const { clock, calls, db, open, store, until } = await pacedCampaigns({
    contacts: manyContacts(400),
    account: { limits: { perSecond: 50, concurrency: 20 } },
  });
  const core = open();
  await driveUntil(core, clock, () => calls.length >= 100);
  const pages = Number(db.get("pragma page_count")?.["page_count"]);
  db.get(`pragma max_page_count = ${pages}`);
  const fullAt = clock.now;
  await driveUntil(core, clock, () => clock.now > fullAt + 30 * secondMs);
  const stillAt = calls.length;
  await driveUntil(core, clock, () => clock.now > fullAt + 300 * secondMs);
  const isStanding = (await readCampaign(store)).pauseReason === "disk";
  // Whatever fits into the last pages may still go; nothing does once it stands still.
  if (isStanding) expect(calls.length).toBe(stillAt);

  db.get("pragma max_page_count = 1073741823");
  const spaceAt = clock.now;
  const before = calls.length;
  if (before < 400) {
    await driveUntil(core, clock, () => calls.length > before);
    expect(clock.now - spaceAt).toBeLessThanOrEqual(10 * secondMs);
  }
  await until(core);
  await settleDown();
  expect(new Set(calls.map(({ to }) => to)).size).toBe(400);
  expect((await readRollup(store))?.states).toMatchObject({ delivered: 400 });
  expect(await store.delivery.findings({})).toEqual([]);
});

test("who opts out while a provider asks for a long rest is not written to, claimed or not", async () => {
  let isRested = false;
  const { store, db, clock, calls, open, until } = await pacedCampaigns({
    contacts: manyContacts(20),
    account: { limits: { concurrency: 2 } },
    answer: () => {
      if (isRested) return deliveredAtOnce;
      return { outcome: "later", reason: "rate_limited", afterMs: hourMs, code: "429", words: "" };
    },
  });
  const core = open();
  await driveUntil(core, clock, () => calls.length > 0);
  // Some are claimed and wait for the end of the rest.
  expect(db.all("select n from standing where state_now = 1")).not.toEqual([]);
  db.transact([() => db.run("update consent set granted = 0")]);
  isRested = true;
  const before = calls.length;
  await until(core);
  expect(calls).toHaveLength(before);
  expect((await readRollup(store))?.states).toMatchObject({ skipped: 20 });
});
