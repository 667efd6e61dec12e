// When messages go out: recipients' own clocks, quiet hours, and the end of a campaign.
import fc from "fast-check";
import { expect, test } from "vitest";
import { noSendingRules } from "#domain/access/sending-rules.ts";
import type { Campaign } from "#domain/campaign/campaign.ts";
import { hourMs, minuteMs } from "#domain/core/time.ts";
import { quietReleaseMs, type QuietHours } from "#domain/schedule/quiet-hours.ts";
import { instantOf, wallTimeOf } from "#domain/schedule/wall-time.ts";
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
import type { Store } from "../store/store.ts";

interface Options {
  readonly contacts: readonly ContactSeed[];
  readonly campaign?: Partial<Campaign>;
  readonly quietHours?: QuietHours | null;
  readonly now?: number;
  /** Called as each message is handed over, before the provider answers. */
  readonly onSent?: (count: number, store: Store) => Promise<void>;
}

async function aTimedCampaign({ contacts, campaign, quietHours = null, now, onSent }: Options) {
  const { store, db } = openTestStore();
  seedContacts(db, contacts);
  await seedDocuments(store, { campaign: aCampaign(campaign) });
  await store.sync.commitWrites({
    workspace,
    expect: [],
    writes: [
      {
        kind: "workspace",
        id: workspace,
        doc: {
          id: workspace,
          rev: 1,
          name: "Acme",
          access: { fieldMaySend: false, sending: { ...noSendingRules, quietHours } },
          createdAt: 0,
        },
      },
    ],
    activity: null,
    now: startOfTime,
  });
  const clock = createClock(now);
  const sentAt = new Map<string, number>();
  const fake = createFakeCarrier(async ({ to }) => {
    sentAt.set(to, clock.now);
    await onSent?.(sentAt.size, store);
    return deliveredAtOnce;
  });
  const core = openCore({ store, clock, account: openFake(fake.carrier) });
  const until = (phase: Campaign["phase"]): Promise<void> =>
    driveUntil(core, clock, async () => (await readCampaign(store)).phase === phase, 20_000);
  const states = async () => (await readRollup(store))?.states;
  const reasons = async () => (await readRollup(store))?.reasons;
  return { store, core, clock, fake, sentAt, until, states, reasons };
}

const night: QuietHours = { from: "21:00", to: "08:00", countries: {}, zone: "Europe/London" };
const moment = (wall: string, zone: string): number => instantOf(wall, zone) ?? Number.NaN;

test("in quiet hours nobody is written to; afterwards everybody is, spread over ten minutes", async () => {
  const contacts = manyContacts(40).map(() => ({ timeZone: "Asia/Tokyo" }));
  const start = moment("2026-11-21T22:00", "Asia/Tokyo");
  const { core, clock, sentAt, until, reasons, states, store } = await aTimedCampaign({
    contacts,
    quietHours: night,
    now: start,
  });
  for (let steps = 0; steps < 10; steps++) {
    await core.step();
    await settleDown();
    clock.now += 1_000;
  }
  expect(sentAt.size).toBe(0);
  expect(await states()).toMatchObject({ queued: 40 });
  expect(await reasons()).toEqual([{ state: "queued", reason: "quiet_hours", n: 40 }]);
  expect(await store.delivery.findings({})).toEqual([]);

  await until("completed");
  const morning = moment("2026-11-22T08:00", "Asia/Tokyo");
  const times = [...sentAt.values()];
  expect(times).toHaveLength(40);
  expect(Math.min(...times)).toBeGreaterThanOrEqual(morning);
  expect(Math.max(...times)).toBeLessThan(morning + quietReleaseMs + minuteMs);
  expect(new Set(times.map((at) => Math.floor(at / minuteMs))).size).toBeGreaterThan(5);
  // To wait is no trouble: nobody counts as recovered.
  expect(await states()).toMatchObject({ delivered: 40 });
  expect(await store.delivery.findings({})).toEqual([]);
});

test("who lives where it is day is written to at once, and a country may have hours of its own", async () => {
  const { sentAt, until } = await aTimedCampaign({
    contacts: [
      { email: "berlin@example.org", timeZone: "Europe/Berlin" },
      { email: "tokyo@example.org", timeZone: "Asia/Tokyo" },
      { email: "india@example.org", country: "IN" },
    ],
    quietHours: { ...night, countries: { IN: { from: "17:00", to: "10:00" } } },
    // 13:00 in Berlin, 21:00 in Tokyo, 17:30 in Kolkata.
    now: Date.UTC(2026, 10, 21, 12),
  });
  await until("completed");
  expect(sentAt.get("berlin@example.org")).toBeLessThan(Date.UTC(2026, 10, 21, 12, 1));
  expect(sentAt.get("tokyo@example.org")).toBeGreaterThanOrEqual(
    moment("2026-11-22T08:00", "Asia/Tokyo"),
  );
  expect(sentAt.get("india@example.org")).toBeGreaterThanOrEqual(
    moment("2026-11-22T10:00", "Asia/Kolkata"),
  );
});

test("where nobody knows where somebody lives it has to be day for campaign and workspace", async () => {
  const at = moment("2026-11-21T15:00", "America/New_York");
  const { sentAt, until } = await aTimedCampaign({
    contacts: [{ email: "nowhere@example.org", country: "" }],
    campaign: {
      schedule: { at, zone: "America/New_York", ifLate: "hold" },
    },
    quietHours: night,
    // 16:30 in New York, 21:30 in London.
    now: moment("2026-11-21T16:30", "America/New_York"),
  });
  await until("completed");
  const both = moment("2026-11-22T08:00", "America/New_York");
  expect(sentAt.get("nowhere@example.org")).toBeGreaterThanOrEqual(both);
});

test("the rule of the moment counts: quiet hours that are turned on while it sends hold the rest", async () => {
  const start = moment("2026-11-21T22:00", "Europe/Berlin");
  const contacts = manyContacts(450).map(() => ({ timeZone: "Europe/Berlin" }));
  const turnOn = async (count: number, { access }: Store): Promise<void> => {
    const rules = { fieldMaySend: false, sending: { ...noSendingRules, quietHours: night } };
    const change = { workspace, name: null, access: rules, by: user, now: start };
    if (count === 20) await access.changeWorkspace(change);
  };
  const { store, until, sentAt } = await aTimedCampaign({ contacts, now: start, onSent: turnOn });
  await until("completed");
  const times = [...sentAt.values()];
  const morning = moment("2026-11-22T08:00", "Europe/Berlin");
  const inTheEvening = times.filter((at) => at < morning);
  expect(times).toHaveLength(450);
  // What was claimed before may still go.
  expect(inTheEvening.length).toBeLessThan(400);
  expect(Math.max(...inTheEvening)).toBeLessThan(start + minuteMs);
  expect(await store.delivery.findings({})).toEqual([]);
});

test("quiet hours that are turned off, or end sooner, free who waits for them", async () => {
  const start = moment("2026-11-21T22:00", "Europe/Berlin");
  const contacts = manyContacts(40).map(() => ({ timeZone: "Europe/Berlin" }));
  const timed = await aTimedCampaign({ contacts, quietHours: night, now: start });
  const { store, core, clock, until, reasons, sentAt } = timed;
  const change = (quietHours: QuietHours | null) =>
    store.access.changeWorkspace({
      workspace,
      name: null,
      access: { fieldMaySend: false, sending: { ...noSendingRules, quietHours } },
      by: user,
      now: clock.now,
    });
  const look = async (): Promise<void> => {
    for (let steps = 0; steps < 5; steps++) {
      await core.step();
      await settleDown();
      clock.now += 1_000;
    }
  };
  await look();
  await change({ ...night, to: "07:00" });
  await look();
  expect(await reasons()).toEqual([{ state: "queued", reason: "quiet_hours", n: 40 }]);
  await change(null);
  await until("completed");
  expect(sentAt.size).toBe(40);
  expect(Math.max(...sentAt.values())).toBeLessThan(start + minuteMs);
  expect(await store.delivery.findings({})).toEqual([]);
});

test("a campaign that ends before quiet hours do skips who sleeps until then", async () => {
  const start = moment("2026-11-21T22:00", "Asia/Tokyo");
  const { until, reasons, sentAt, store } = await aTimedCampaign({
    contacts: [
      { email: "sleeps@example.org", timeZone: "Asia/Tokyo" },
      { email: "wakes@example.org", timeZone: "Europe/Berlin" },
    ],
    campaign: { validUntil: start + 2 * hourMs },
    quietHours: night,
    now: start,
  });
  await until("completed");
  expect([...sentAt.keys()]).toEqual(["wakes@example.org"]);
  expect(await reasons()).toContainEqual({ state: "skipped", reason: "quiet_hours_missed", n: 1 });
  expect(await store.delivery.findings({})).toEqual([]);
});

test("what has not gone out by the end of the campaign is skipped, also after a pause", async () => {
  const { store, clock, until, reasons, fake } = await aTimedCampaign({
    contacts: manyContacts(1_200),
    campaign: { validUntil: startOfTime + hourMs },
  });
  await until("active");
  const sent = fake.calls.length;
  await setPhase(store, { phase: "paused", pausedFrom: "active", pauseReason: "user" });
  clock.now = startOfTime + 2 * hourMs;
  await setPhase(store, { phase: "active", pausedFrom: null, pauseReason: null });
  await until("completed");
  expect(fake.calls).toHaveLength(sent);
  expect(await reasons()).toContainEqual({
    state: "skipped",
    reason: "campaign_expired",
    n: 1_200 - sent,
  });
  expect(await store.delivery.findings({})).toEqual([]);
});

test("S2-31 by recipients' own clocks, each is written to when theirs show the planned time", async () => {
  const wall = "2026-11-22T09:00";
  const zones = ["Asia/Tokyo", "Europe/Berlin", "America/New_York", "Pacific/Kiritimati"];
  const contacts = Array.from({ length: 1_200 }, (_, n) => ({
    email: `person-${n}@example.org`,
    timeZone: zones[n % zones.length] ?? "",
  }));
  const schedule = {
    at: moment(wall, "Europe/Berlin"),
    wall,
    zone: "Europe/Berlin",
    local: true,
    ifLate: "hold",
  } as const;
  const { sentAt, until, store } = await aTimedCampaign({
    contacts,
    campaign: { phase: "scheduled", schedule, launchedAt: null },
  });
  await until("completed");
  expect(sentAt.size).toBe(1_200);
  for (const [n, { email, timeZone }] of contacts.entries()) {
    const at = sentAt.get(email) ?? 0;
    expect(wallTimeOf(at, timeZone) >= wall, `${n}`).toBe(true);
    expect(at - moment(wall, timeZone)).toBeLessThan(5 * minuteMs);
  }
  expect((await readCampaign(store)).launchedAt).toBe(moment(wall, "Pacific/Kiritimati"));
  expect(await store.delivery.findings({})).toEqual([]);
});

test("a plan by recipients' own clocks is late by the campaign's zone, and who comes late is written to at once", async () => {
  // Noon in Berlin: in Tokyo 15:00 has passed, at home it is to come.
  const wall = "2026-11-21T15:00";
  const schedule = {
    at: moment(wall, "Europe/Berlin"),
    wall,
    zone: "Europe/Berlin",
    local: true,
    ifLate: "hold",
  } as const;
  const now = moment("2026-11-21T12:00", "Europe/Berlin");
  const { sentAt, until } = await aTimedCampaign({
    contacts: [
      { email: "tokyo@example.org", timeZone: "Asia/Tokyo" },
      { email: "berlin@example.org" },
    ],
    campaign: { phase: "scheduled", schedule, launchedAt: null },
    now,
  });
  await until("completed");
  expect(sentAt.get("tokyo@example.org")).toBeLessThan(now + minuteMs);
  expect(sentAt.get("berlin@example.org")).toBeGreaterThanOrEqual(schedule.at);
});

test("whatever the hours, the zones and the start: nobody is written to in quiet hours, and everybody is in the end", async () => {
  const hour = fc.integer({ min: 0, max: 23 }).map((h) => `${String(h).padStart(2, "0")}:00`);
  const zone = fc.constantFrom("Asia/Tokyo", "Europe/Berlin", "America/New_York", "Asia/Kathmandu");
  await fc.assert(
    fc.asyncProperty(
      fc.record({ from: hour, to: hour }).filter(({ from, to }) => from !== to),
      fc.array(zone, { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 0, max: 47 }),
      async ({ from, to }, zones, startHour) => {
        const contacts = zones.map((timeZone, n) => ({ email: `p${n}@example.org`, timeZone }));
        const { sentAt, until, store } = await aTimedCampaign({
          contacts,
          quietHours: { from, to, countries: {}, zone: "UTC" },
          // Over the night in which clocks go back in Berlin.
          now: Date.UTC(2026, 9, 24) + startHour * hourMs,
        });
        await until("completed");
        for (const { email, timeZone } of contacts) {
          const time = wallTimeOf(sentAt.get(email) ?? 0, timeZone).slice(11);
          const isQuiet = from < to ? time >= from && time < to : time >= from || time < to;
          expect(isQuiet).toBe(false);
        }
        expect(await store.delivery.findings({})).toEqual([]);
      },
    ),
    { numRuns: 25 },
  );
});
