// What the doctor and the metrics say of work that waits.
import { beforeEach, expect, test } from "vitest";
import {
  createClock,
  driveUntil,
  openCore,
  type Clock,
} from "../../../tests/support/delivery/drive.ts";
import {
  accepted,
  createFakeCarrier,
  openFake,
} from "../../../tests/support/delivery/fake-carrier.ts";
import {
  accountId,
  campaignId,
  manyContacts,
  openTestStore,
  readCampaign,
  seedContacts,
  seedDocuments,
  setPhase,
  startOfTime,
  user,
  workspace,
  type OpenStore,
} from "../../../tests/support/delivery/world.ts";
import type { Core } from "../../delivery/core.ts";

const windowMs = 60_000;
let it: OpenStore;
let clock: Clock;
let core: Core;

/** Twenty people and a carrier that reports by itself, or not at all. */
beforeEach(async () => {
  it = openTestStore();
  clock = createClock();
  seedContacts(it.db, manyContacts(20));
  await seedDocuments(it.store);
  const fake = createFakeCarrier(() => accepted);
  const account = openFake(fake.carrier, { receipts: "push", receiptWindowMs: windowMs });
  core = openCore({ store: it.store, clock, account });
});

const phase = async (): Promise<string> => (await readCampaign(it.store)).phase;
const findings = async (): Promise<readonly string[]> =>
  (await it.store.delivery.findings({})).map(({ check }) => check);
const settling = () => driveUntil(core, clock, async () => (await phase()) === "settling");

test("what was proven by a receipt alone is looked after until its time for proof is over", async () => {
  // As a restored server: the carrier knows of a message that is still queued here.
  await driveUntil(core, clock, async () => (await phase()) === "active");
  it.db.run("delete from timer");
  await it.store.delivery.prove({
    distribution: 1,
    proofs: [{ n: 20, gen: 1, state: "sent", at: clock.now, reason: "none", code: "", words: "" }],
    now: clock.now,
  });
  expect(await findings()).toEqual([]);
  await driveUntil(core, clock, async () => (await phase()) === "completed");
});

test("all that waits is counted, with since when", async () => {
  await settling();
  const waiting = await it.store.admin.waiting({ now: clock.now });
  expect(waiting).toMatchObject({
    campaigns: [{ what: "settling", n: 1 }],
    oldestLaunchAt: null,
    chunks: { leased: 0, fresh: 0 },
    receipts: { due: 0, firstAt: null },
  });
  expect(waiting.messages.filter(({ n }) => n > 0)).toEqual([{ what: "submitted", n: 20 }]);
  const late = clock.now + windowMs + 1_000;
  const { receipts } = await it.store.admin.waiting({ now: late });
  expect(receipts.due).toBe(1);
  expect(late - (receipts.firstAt ?? 0)).toBeGreaterThan(0);
  await driveUntil(core, clock, async () => (await phase()) === "completed");
  const nothing = await it.store.admin.waiting({ now: clock.now });
  expect(nothing.campaigns).toEqual([]);
  expect(nothing.messages.every(({ n }) => n === 0)).toBe(true);
});

test("a mailbox that cannot be read waits since it last could; one whose account is gone for nobody", async () => {
  const { admin, bounces } = it.store;
  const read = { workspace, accountId, found: {}, problem: null };
  await bounces.noteReading({ ...read, now: startOfTime });
  const mailboxes = async () => (await admin.waiting({ now: clock.now })).mailboxes;
  expect(await mailboxes()).toEqual({ failing: 0, firstAt: null });
  const failed = { ...read, problem: "the password is wrong", now: startOfTime + 60_000 };
  await bounces.noteReading(failed);
  await bounces.noteReading({ ...failed, accountId: "gone" });
  expect(await mailboxes()).toEqual({ failing: 1, firstAt: startOfTime });
});

test("reports by e-mail and outcomes for people wait until they are told and noted", async () => {
  const { admin, subscriptions } = it.store;
  const plan = { every: "day", weekday: 1, hour: 7, zone: "UTC" } as const;
  const subscription = { ...plan, id: "s1", name: "Daily", channels: [], nextAt: startOfTime };
  const waits = async (now: number) => (await admin.waiting({ now })).reports;
  await subscriptions.putSubscription({ workspace, user, subscription });
  expect(await waits(startOfTime - 1)).toEqual({ due: 0, firstAt: null });
  expect(await waits(startOfTime)).toEqual({ due: 1, firstAt: startOfTime });

  await driveUntil(core, clock, async () => (await phase()) === "completed");
  const unnoted = async () => (await admin.waiting({ now: clock.now })).unnoted;
  expect(await unnoted()).toBe(1);
  await driveUntil(core, clock, async () => (await unnoted()) === 0);
});

test("timers of a campaign that stands still are not late: nobody waits for them", async () => {
  await settling();
  it.db.run("insert into timer values (1, 1, 3, ?, 0)", startOfTime);
  const now = startOfTime + 1_000_000;
  const { timers } = await it.store.admin.waiting({ now });
  expect(timers).toEqual({ all: 1, due: 1, firstAt: startOfTime });
  await setPhase(it.store, { phase: "paused", pausedFrom: "active", pauseReason: "user" });
  const paused = await it.store.admin.waiting({ now });
  expect(paused.timers).toEqual({ all: 1, due: 0, firstAt: null });
});

test.each([
  ["timer", "insert into timer values (1, 1, 3, 5, 0)"],
  ["lease", "update chunk set sending = 1, owner = null"],
  ["receipts", "update chunk set look_at = null"],
])("the doctor finds a wrong %s", async (check, sql) => {
  await settling();
  expect(await findings()).toEqual([]);
  it.db.run(sql);
  expect(await findings()).toContain(check);
});

test("a campaign whose steps fail rests longer and longer, and holds no other up", async () => {
  await settling();
  const other = campaignId.replace("c1", "c2");
  const failing = openCore({
    store: {
      ...it.store,
      delivery: {
        ...it.store.delivery,
        awaiting: async () => {
          throw new TypeError("a defect");
        },
      },
    },
    clock,
    account: openFake(createFakeCarrier().carrier),
  });
  await seedDocuments(it.store, {
    campaign: {
      ...(await readCampaign(it.store)),
      id: other,
      phase: "preparing",
      pausedFrom: null,
    },
  });
  clock.now += windowMs + 1_000;
  await driveUntil(
    failing,
    clock,
    async () => (await readCampaign(it.store, other)).phase === "completed",
  );
  const [trouble] = failing.troubles();
  expect(failing.troubles()).toHaveLength(1);
  expect(trouble).toMatchObject({ workspace, campaignId, words: "a defect" });
  expect(trouble?.failures).toBeGreaterThan(0);
  expect(trouble?.againAt).toBeGreaterThan(trouble?.since ?? 0);
});
