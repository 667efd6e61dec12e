// What is told before a launch must be what the launch then does.
import { expect, test } from "vitest";
import type { Campaign } from "#domain/campaign/campaign.ts";
import { hourMs, minuteMs, secondMs } from "#domain/core/time.ts";
import { defaultPeopleLimits } from "#domain/limits/people-limits.ts";
import { instantOf } from "#domain/schedule/wall-time.ts";
import { createClock, driveUntil, openCore } from "../../tests/support/delivery/drive.ts";
import {
  createFakeCarrier,
  deliveredAtOnce,
  openFake,
} from "../../tests/support/delivery/fake-carrier.ts";
import {
  aCampaign,
  anAccount,
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
  user,
  workspace,
  type ContactSeed,
} from "../../tests/support/delivery/world.ts";
import { preflight } from "./preflight.ts";
import { openTemplates } from "./templates.ts";

const templates = openTemplates();

async function aPlan(contacts: readonly ContactSeed[], campaign: Partial<Campaign> = {}) {
  const { store, db } = openTestStore();
  seedContacts(db, contacts);
  const planned = aCampaign({ type: "sms", ...campaign });
  const account = anAccount({ channel: "sms" });
  await seedDocuments(store, { campaign: planned, account });
  const clock = createClock();
  const { rule } = anAudience();
  const tell = (
    perSecond: number | null = null,
    now = () => clock.now,
    over: Partial<Campaign> = {},
  ) =>
    preflight(
      { store, templates, leaveUrl: "https://example.org/r/u/x", clock: now },
      {
        workspace,
        campaign: { ...planned, ...over },
        account: { ...account, limits: { ...account.limits, perSecond } },
        rule,
      },
    );
  const run = async () => {
    const { carrier } = createFakeCarrier(() => deliveredAtOnce);
    const core = openCore({ store, clock, account: openFake(carrier) });
    await driveUntil(
      core,
      clock,
      async () => (await readCampaign(store)).phase === "completed",
      20_000,
    );
    return readRollup(store);
  };
  return { store, db, clock, tell, run };
}

test("recipients, skips by reason and segments are those of the launch that follows", async () => {
  const text = "x".repeat(150) + "{{ first_name }}";
  const { db, tell, run } = await aPlan(
    [
      ...manyContacts(30).map((_, n) => ({
        firstName: n % 3 === 0 ? "Maximiliane Alexandra" : "Al",
      })),
      { phone: null },
      { phone: "+4915110000001" },
      { phone: "+4915110000001" },
      { consents: false },
      { phone: "+4915119999999" },
    ],
    { content: { subject: "", text, html: "" } },
  );
  db.transact([
    () =>
      db.run(
        "insert into suppression (workspace, kind, address, reason, at) values (?, 'phone', '+4915119999999', 'test', ?)",
        workspace,
        startOfTime,
      ),
  ]);
  const told = await tell();
  expect(told.total).toBe(35);
  expect(told.looked).toBeLessThanOrEqual(told.recipients);
  expect(told.waits).toBeNull();

  const rollup = await run();
  expect(rollup?.total).toBe(told.total);
  expect(rollup?.states.delivered).toBe(told.recipients);
  expect(rollup?.segments.delivered).toBe(told.segments);
  const skipped = rollup?.reasons.map(({ reason, n }) => ({ reason, n })) ?? [];
  expect(byReason(told.skips)).toEqual(byReason(skipped));
});

test("whoever shares a number with others, or has had enough, is in no sum of what it would send", async () => {
  const long = "Maximiliane Alexandra";
  const { store, db, tell, run } = await aPlan(
    [
      ...manyContacts(10).map(() => ({ firstName: long })),
      ...Array.from({ length: 30 }, () => ({ phone: "+4915110000001", firstName: "Al" })),
      ...Array.from({ length: 20 }, (_, n) => ({
        phone: `+49151200000${10 + n}`,
        firstName: long,
      })),
    ],
    { content: { subject: "", text: "x".repeat(150) + "{{ first_name }}", html: "" } },
  );
  const frequency = { email: null, sms: { messages: 1, days: 7 } };
  const limits = { ...defaultPeopleLimits, frequency };
  await store.limits.changeLimits({ workspace, limits, by: user, now: startOfTime });
  db.transact([
    () => {
      db.run(
        "insert into workspace (id, created_at) values (?, 0) on conflict do nothing",
        workspace,
      );
      db.run(
        `insert into pressure (ws, contact, channel, distribution, n, at)
         select w.seq, c.seq, 'sms', 90, 1, ? from contact c join workspace w on w.id = c.workspace
          where c.phone like '+49151200000%'`,
        startOfTime - hourMs,
      );
    },
  ]);
  const told = await tell();
  expect(told).toMatchObject({ recipients: 11, segments: 21, looked: 11 });
  expect((await run())?.segments.delivered).toBe(told.segments);
});

test("the end follows from the account's speed, and a launch that is limited by nothing has none", async () => {
  const { tell } = await aPlan(manyContacts(40));
  expect((await tell(10)).endsAt).toBe(startOfTime + 4 * secondMs);
  expect((await tell(null)).endsAt).toBeNull();
});

test("S0-D2 where launches wait, the start and the end that are told wait as the launch will", async () => {
  const { store, tell } = await aPlan(manyContacts(40), { phase: "pending", launchedAt: null });
  const sending = { quietHours: null, delayMinutes: 10 };
  const access = { fieldMaySend: false, sending };
  const home = { id: workspace, rev: 1, name: "Acme", access, createdAt: 0 };
  const writes = [{ kind: "workspace", id: workspace, doc: home }] as const;
  await store.sync.commitWrites({ workspace, expect: [], writes, activity: null, now: 0 });
  const startsAt = startOfTime + 10 * minuteMs;
  expect(await tell(10)).toMatchObject({ startsAt, endsAt: startsAt + 4 * secondMs });
  // What was planned for a moment starts then, and what is live is no launch by hand.
  const at = startOfTime + hourMs;
  const planned = { at, zone: "UTC", ifLate: "hold" } as const;
  expect(await tell(10, undefined, { phase: "scheduled", schedule: planned })).toMatchObject({
    startsAt: at,
  });
  const trigger = { kind: "event", event: "x", delayMinutes: 0, againAfterHours: null } as const;
  expect(await tell(10, undefined, { trigger })).toMatchObject({ startsAt: startOfTime });
});

test("who waits for their own clocks is told, and until when the last does", async () => {
  const wall = "2026-11-22T09:00";
  const zones = ["Asia/Tokyo", "America/New_York"];
  const at = instantOf(wall, "Europe/Berlin") ?? 0;
  const schedule = { at, wall, zone: "Europe/Berlin", local: true, ifLate: "hold" } as const;
  const { tell } = await aPlan(
    zones.map((timeZone) => ({ timeZone })),
    { phase: "scheduled", schedule, launchedAt: null },
  );
  const told = await tell(10);
  const last = instantOf(wall, "America/New_York");
  const first = instantOf(wall, "Asia/Tokyo");
  expect(told.waits).toEqual({
    n: 2,
    until: last,
    spread: [
      { from: first, n: 1, zones: ["Asia/Tokyo"] },
      { from: last, n: 1, zones: ["America/New_York"] },
    ],
  });
  // The last one's time has come, and it takes its turn.
  expect(told.endsAt).toBe((last ?? 0) + secondMs / 10);
  expect(told.end).toMatchObject({ limit: "account", perSecond: 10 });
  expect(told.startsAt).toBe(Date.parse(`${wall}Z`) - 14 * hourMs);
});

test("messages that cannot be written and people whose time never comes are counted", async () => {
  const broken = await aPlan(manyContacts(3), {
    content: { subject: "", text: "{{ first_name | nonsense }}", html: "" },
  });
  expect(await broken.tell()).toMatchObject({ recipients: 3, unwritable: 3, segments: 0 });
  const over = await aPlan(manyContacts(3), { validUntil: startOfTime });
  expect(await over.tell()).toMatchObject({ recipients: 3, missed: 3 });
});

test("when there is no time to look at everybody, the rest is estimated from who was", async () => {
  const { tell } = await aPlan(manyContacts(3_000), {
    content: { subject: "", text: "x".repeat(200), html: "" },
  });
  let now = startOfTime;
  const told = await tell(null, () => (now += secondMs));
  expect(told).toMatchObject({ recipients: 3_000, segments: 6_000 });
  expect(told.looked).toBeLessThan(3_000);
});

test("who got enough messages of late is told beforehand, as the launch then decides it", async () => {
  const { store, db, clock, tell, run } = await aPlan(manyContacts(5));
  const frequency = { email: null, sms: { messages: 2, days: 7 } };
  const limits = { ...defaultPeopleLimits, frequency };
  await store.limits.changeLimits({ workspace, limits, by: user, now: clock.now });
  db.transact([
    () => {
      db.run(
        "insert into workspace (id, created_at) values (?, 0) on conflict do nothing",
        workspace,
      );
      const ws = Number(db.get("select seq from workspace where id = ?", workspace)?.["seq"]);
      const add =
        "insert into pressure (ws, contact, channel, distribution, n, at) values (?, ?, 'sms', ?, 1, ?)";
      for (const distribution of [90, 91]) db.run(add, ws, 1, distribution, clock.now - hourMs);
      db.run(add, ws, 2, 90, clock.now - hourMs);
    },
  ]);
  expect(await tell()).toMatchObject({
    recipients: 4,
    skips: [{ reason: "frequency_cap", n: 1 }],
  });
  expect(await run()).toMatchObject({
    reasons: [{ state: "skipped", reason: "frequency_cap", n: 1 }],
  });
});

const otherId = campaignId.replace("c1", "c2");

test("another campaign at work on the account takes its share of the time that is told", async () => {
  const { store, clock, tell } = await aPlan(manyContacts(40), {
    phase: "pending",
    launchedAt: null,
  });
  const other = aCampaign({ id: otherId, type: "sms", name: "Other" });
  await store.sync.commitWrites({
    workspace,
    expect: [],
    writes: [{ kind: "campaign", id: otherId, doc: other }],
    activity: null,
    now: clock.now,
  });
  const core = openCore({
    store,
    clock,
    account: openFake(createFakeCarrier(() => new Promise(() => undefined)).carrier),
  });
  await driveUntil(core, clock, async () => (await readRollup(store, otherId))?.total === 40);
  const told = await tell(10);
  expect(told.end).toEqual({ limit: "account", perSecond: 10, sharedWith: 1 });
  expect(told.endsAt).toBe(clock.now + 8 * secondMs);
});

test("once the audience is frozen its own rows are counted, whoever comes or goes meanwhile", async () => {
  const { store, db, clock, tell } = await aPlan(manyContacts(12));
  const { carrier, calls } = createFakeCarrier(() => deliveredAtOnce);
  const limits = { perSecond: 1, concurrency: 1 };
  const core = openCore({ store, clock, account: openFake(carrier, { limits }) });
  await driveUntil(core, clock, () => calls.length >= 4);
  await setPhase(store, { phase: "paused", pausedFrom: "active", pauseReason: "user" });
  await core.step();
  const sent = calls.length;
  seedContacts(db, manyContacts(5));
  db.transact([
    () => {
      db.run("update consent set granted = 0 where contact in (1, 12)");
      db.run("update consent set granted = 0 where contact = 11");
    },
  ]);
  const told = await tell(1);
  expect(told).toMatchObject({
    audience: "frozen",
    total: 12,
    decided: sent,
    recipients: 10 - sent,
    skips: [{ reason: "no_consent", n: 2 }],
    segments: 10 - sent,
  });
  await setPhase(store, { phase: "active", pausedFrom: null, pauseReason: null });
  await driveUntil(core, clock, async () => (await readCampaign(store)).phase === "completed");
  expect(calls).toHaveLength(sent + told.recipients);
});

test("an audience of nobody costs nothing", async () => {
  const { tell } = await aPlan([]);
  expect(await tell(10)).toMatchObject({ total: 0, recipients: 0, skips: [], segments: 0 });
});

function byReason(rows: readonly { readonly reason: string; readonly n: number }[]) {
  return Object.fromEntries(rows.map(({ reason, n }) => [reason, n]));
}
