// Recurring campaigns: each time makes one run, whatever crashes; pausing, resuming and ending them.
import { expect, test } from "vitest";
import type { Campaign } from "#domain/campaign/campaign.ts";
import { dayMs, hourMs, minuteMs } from "#domain/core/time.ts";
import { driveUntil, settleDown } from "../../tests/support/delivery/drive.ts";
import { openLiveWorld } from "../../tests/support/delivery/live-world.ts";
import {
  campaignId,
  manyContacts,
  readCampaign,
  seedContacts,
  workspace,
} from "../../tests/support/delivery/world.ts";

const nine = Date.UTC(2026, 10, 22, 9);
const schedule = {
  at: nine,
  wall: "2026-11-22T09:00",
  zone: "UTC",
  ifLate: "hold",
  repeat: { from: "2026-11-22T09:00", every: "day", interval: 1 },
} as const satisfies Campaign["schedule"];

async function aLiveCampaign(over: Partial<Campaign> = {}, onSent?: () => Promise<void>) {
  const world = await openLiveWorld({
    contacts: manyContacts(20),
    campaign: { phase: "active", schedule, ...over },
    ...(onSent === undefined ? {} : { onSent }),
  });
  const runs = async (): Promise<readonly Campaign[]> =>
    (await world.store.sync.list({ workspace, kind: "campaign" })).filter(
      ({ firing }) => firing?.of === campaignId,
    );
  return { ...world, runs };
}

test("S0-D1 each time makes a run with its own frozen audience, messages and counters; the campaign stays live", async () => {
  const { store, db, clock, core, runs, fake } = await aLiveCampaign();
  const over = async (n: number): Promise<boolean> =>
    (await runs()).filter(({ phase }) => phase === "completed").length === n;
  await driveUntil(core, clock, () => over(1));
  // Who comes later is in the next run.
  seedContacts(db, [{ email: "late@example.org" }]);
  await driveUntil(core, clock, () => over(2));
  const [first, second] = await runs();
  expect(first).toMatchObject({ name: "Autumn (run 1)", total: 20, firing: { n: 1, at: nine } });
  expect(second).toMatchObject({ total: 21, firing: { n: 2, at: nine + dayMs } });
  expect(await readCampaign(store)).toMatchObject({
    phase: "active",
    firings: 2,
    schedule: { at: nine + 2 * dayMs },
  });
  expect(fake.calls).toHaveLength(41);
  expect(await store.delivery.findings({})).toEqual([]);
  expect(await misread(store)).toEqual([]);
});

test("the doctor reads a planned time as the engine does: where recipients live, from its first zone on", async () => {
  const { repeat: _, ...once } = schedule;
  const { store, db } = await aLiveCampaign({
    phase: "scheduled",
    schedule: { ...once, local: true },
  });
  expect(await misread(store)).toEqual([]);
  db.run("update document set due_at = due_at + 1 where kind = 'campaign'");
  expect(await misread(store)).toHaveLength(1);
});

/** Campaigns whose columns are not what they say. */
async function misread(store: Awaited<ReturnType<typeof aLiveCampaign>>["store"]) {
  const findings = await store.admin.doctor({});
  return findings.filter(({ check }) => check.startsWith("what the engine reads"));
}

test.each(["work", "fired", "launched", "frozen", "intended", "settled", "advanced"] as const)(
  "S0-D1 a crash at '%s' leaves exactly one run of a time, and everybody is written to once",
  async (point) => {
    const { clock, core, open, runs, fake, failAt } = await aLiveCampaign();
    clock.now = nine;
    failAt(point);
    await driveUntil(core, clock, async () => false, 12).catch(() => undefined);
    await settleDown();
    failAt(null);
    const next = open("second");
    const isOver = async (): Promise<boolean> => (await runs())[0]?.phase === "completed";
    await driveUntil(next, clock, isOver);
    expect(await runs()).toHaveLength(1);
    expect(new Set(fake.calls.map(({ to }) => to)).size).toBe(20);
    expect(new Set(fake.calls.map(({ key }) => key)).size).toBe(20);
  },
);

test("S0-D1 a crash at 'finished' leaves an ended campaign complete, after its last run", async () => {
  const { store, clock, core, open, runs, act, failAt, fake } = await aLiveCampaign();
  clock.now = nine;
  await driveUntil(core, clock, async () => (await runs())[0]?.phase === "completed");
  await act({ name: "campaign.end", args: { id: campaignId } });
  failAt("finished");
  let crashes = 0;
  await core.step().catch(() => (crashes += 1));
  expect(crashes).toBe(1);
  failAt(null);
  const next = open("second");
  await driveUntil(next, clock, async () => (await readCampaign(store)).phase === "completed");
  expect(await runs()).toHaveLength(1);
  expect(fake.calls).toHaveLength(20);
});

test("two engines that find the same time due make one run", async () => {
  const { store, clock, runs } = await aLiveCampaign();
  clock.now = nine;
  const args = { workspace, campaignId, graceMs: hourMs, now: nine };
  await Promise.all([store.delivery.fire(args), store.delivery.fire(args)]);
  expect(await runs()).toHaveLength(1);
});

test("S3-04 times that passed while the server was down make one run, or none when the last is too late", async () => {
  const some = await aLiveCampaign();
  some.clock.now = nine + 3 * dayMs + 5 * hourMs;
  await some.core.step();
  expect((await some.runs()).map(({ firing }) => firing?.at)).toEqual([nine + 3 * dayMs]);
  const told = [{ campaign: campaignId, cause: "missed_times" }];
  expect(some.db.all("select campaign, cause from notice")).toEqual(told);

  const late = await aLiveCampaign();
  late.clock.now = nine + 3 * dayMs + 7 * hourMs;
  await late.core.step();
  expect(await late.runs()).toEqual([]);
  const { activity } = { activity: late.db.all("select event, detail from activity") };
  expect(activity).toEqual([
    { event: "engine.missed", detail: JSON.stringify({ plannedFor: nine, missed: 4 }) },
  ]);
  expect(late.db.all("select campaign, cause from notice")).toEqual(told);
  expect(await readCampaign(late.store)).toMatchObject({ schedule: { at: nine + 4 * dayMs } });
});

test("S0-44 S0-48 a pause stops the run that is going on in the same transaction; resuming goes on with it and leaves out what passed", async () => {
  let sent = 0;
  let pause: (() => Promise<void>) | null = null;
  const world = await aLiveCampaign({}, async () => {
    sent += 1;
    if (sent === 1) await pause?.();
  });
  const { store, clock, core, runs, act, fake } = world;
  let callsAtPause = 0;
  pause = async () => {
    expect(await act({ name: "campaign.pause", args: { id: campaignId } })).toMatchObject({
      outcome: "ok",
    });
    expect((await runs())[0]).toMatchObject({ phase: "paused", pauseReason: "user" });
    callsAtPause = fake.calls.length;
  };
  clock.now = nine;
  for (let steps = 0; steps < 40; steps++) {
    await core.step();
    await settleDown();
    clock.now += minuteMs;
  }
  // What was claimed before the pause had begun; nothing is claimed after it.
  expect(fake.calls.length).toBeLessThanOrEqual(callsAtPause + 20);
  expect(await readCampaign(store)).toMatchObject({ phase: "paused" });

  clock.now = nine + 2 * dayMs + hourMs;
  await core.step();
  expect(await runs()).toHaveLength(1);
  await act({ name: "campaign.resume", args: { id: campaignId } });
  expect(await readCampaign(store)).toMatchObject({
    phase: "active",
    schedule: { at: nine + 3 * dayMs },
  });
  await driveUntil(core, clock, async () => (await runs())[0]?.phase === "completed");
  expect(new Set(fake.calls.map(({ to }) => to)).size).toBe(20);
});

test("S0-D1 ended, it begins nothing new and is complete once its last run is", async () => {
  let end: (() => Promise<void>) | null = null;
  const { store, clock, core, runs, act } = await aLiveCampaign({}, async () => {
    await end?.();
  });
  end = async () => {
    end = null;
    await act({ name: "campaign.end", args: { id: campaignId } });
    expect(await readCampaign(store)).toMatchObject({ phase: "settling" });
  };
  clock.now = nine;
  await driveUntil(core, clock, async () => (await readCampaign(store)).phase === "completed");
  expect((await runs()).map(({ phase }) => phase)).toEqual(["completed"]);
  clock.now += 3 * dayMs;
  await core.step();
  expect(await runs()).toHaveLength(1);
});

test("canceled, its run is canceled with it", async () => {
  let cancel: (() => Promise<void>) | null = null;
  const { store, clock, core, runs, act } = await aLiveCampaign({}, async () => {
    await cancel?.();
  });
  cancel = async () => {
    cancel = null;
    await act({ name: "campaign.cancel", args: { id: campaignId } });
  };
  clock.now = nine;
  await driveUntil(core, clock, async () => (await readCampaign(store)).phase === "canceled");
  expect((await runs()).map(({ phase }) => phase)).toEqual(["canceled"]);
});

test("it ends by itself after the last of its times", async () => {
  const repeat = { ...schedule.repeat, times: 2 };
  const { store, clock, core, runs } = await aLiveCampaign({ schedule: { ...schedule, repeat } });
  await driveUntil(core, clock, async () => (await readCampaign(store)).phase === "completed");
  expect((await runs()).map(({ firing }) => firing?.n)).toEqual([1, 2]);
});

test("what it says may change while it is live, and the next run says it", async () => {
  const { clock, core, runs, act } = await aLiveCampaign();
  const content = { text: { was: "Hello {{ first_name }}!", set: "Good morning" } };
  expect(await act({ name: "campaign.edit", args: { id: campaignId, content } })).toMatchObject({
    outcome: "ok",
  });
  expect(
    await act({
      name: "campaign.edit",
      args: { id: campaignId, audienceId: { was: null, set: null } },
    }),
  ).toMatchObject({ outcome: "rejected", refusal: { type: "incomplete" } });
  const broken = { text: { was: "Good morning", set: "Hello {{ first_name" } };
  expect(
    await act({ name: "campaign.edit", args: { id: campaignId, content: broken } }),
  ).toMatchObject({ outcome: "rejected", refusal: { field: "content.text" } });
  clock.now = nine;
  await driveUntil(core, clock, async () => (await runs())[0]?.phase === "completed");
  expect((await runs())[0]?.content.text).toBe("Good morning");
});
