// Campaigns that wait for a date of each contact: once for each time that it comes, whatever crashes, stops or changes.
import { expect, test } from "vitest";
import type { DateTrigger } from "#domain/campaign/trigger.ts";
import { dayMs, hourMs, minuteMs } from "#domain/core/time.ts";
import { driveUntil, settleDown } from "../../tests/support/delivery/drive.ts";
import { openLiveWorld, type LiveWorld } from "../../tests/support/delivery/live-world.ts";
import { campaignId, readRollup, type ContactSeed } from "../../tests/support/delivery/world.ts";

const trigger: DateTrigger = {
  kind: "date",
  field: "Birthday",
  every: "year",
  days: 0,
  time: "09:00",
  zone: "UTC",
  local: false,
  order: "dayFirst",
  ifLate: "hold",
};

/** It begins at noon of 21 November 2026. */
async function aBirthdayCampaign(
  birthdays: readonly (string | ContactSeed)[],
  over: Partial<DateTrigger> = {},
): Promise<LiveWorld> {
  const contacts = birthdays.map((each) =>
    typeof each === "string" ? { fields: each === "" ? {} : { Birthday: each } } : each,
  );
  const world = await openLiveWorld({ contacts, campaign: { trigger: { ...trigger, ...over } } });
  await world.goLive();
  return world;
}

function setField(world: LiveWorld, n: number, fields: Readonly<Record<string, string>>): void {
  world.db.run(
    "update contact set fields = ? where email = ?",
    JSON.stringify(fields),
    `person${n}@example.org`,
  );
}

function activity(world: LiveWorld, event: string): readonly unknown[] {
  return world.db
    .all("select detail from activity where event = ? order by at", event)
    .map(({ detail }) => JSON.parse(String(detail)));
}

test("S0-D1 whose birthday comes is written to at the time, each year once; nobody else", async () => {
  const world = await aBirthdayCampaign(["1990-11-22", "24.11.1985", "", "no date", "--11-22"]);
  await world.pass(20 * hourMs);
  expect(world.sentTo()).toEqual([]);
  await world.pass(2 * hourMs);
  expect(world.sentTo().toSorted()).toEqual(["person1@example.org", "person5@example.org"]);
  await world.pass(60 * hourMs);
  expect(world.sentTo()).toHaveLength(3);
  await world.pass(363 * dayMs);
  expect(world.sentTo().toSorted()).toEqual([
    "person1@example.org",
    "person1@example.org",
    "person2@example.org",
    "person5@example.org",
    "person5@example.org",
  ]);
  expect(new Set(world.fake.calls.map(({ key }) => key)).size).toBe(5);
  expect(await world.store.delivery.findings({})).toEqual([]);
});

test("days before and after the date, and a date that comes once", async () => {
  const before = await aBirthdayCampaign(["1990-11-25"], { days: -3 });
  await before.pass(22 * hourMs);
  expect(before.sentTo()).toHaveLength(1);
  const end = await aBirthdayCampaign(["2026-11-19", "2025-11-19", "--11-19"], {
    every: "once",
    days: 3,
  });
  await end.pass(400 * dayMs);
  expect(end.sentTo()).toEqual(["person1@example.org"]);
});

function here(timeZone: string, Birthday: string): ContactSeed {
  return { timeZone, fields: { Birthday } };
}

test("on each recipient's own clocks, and of those whose hour had passed when it was set live nobody", async () => {
  const world = await aBirthdayCampaign(
    [
      here("Asia/Tokyo", "1990-11-22"),
      here("America/New_York", "1990-11-22"),
      here("Asia/Tokyo", "1990-11-21"),
      here("America/New_York", "1990-11-21"),
    ],
    { local: true },
  );
  // It is noon of the 21st in UTC: 7 in New York, 21 in Tokyo.
  await world.pass(3 * hourMs);
  expect(world.sentTo()).toEqual(["person4@example.org"]);
  await world.pass(10 * hourMs);
  expect(world.sentTo()).toEqual(["person4@example.org", "person1@example.org"]);
  await world.pass(20 * hourMs);
  expect(world.sentTo()).toHaveLength(3);
});

test.each(["work", "watched", "intended", "sent", "settled", "advanced"] as const)(
  "a crash at '%s', again and again, loses no birthday and gives none twice",
  async (point) => {
    const world = await aBirthdayCampaign(Array.from({ length: 30 }, () => "1990-11-22"));
    world.clock.now += 21 * hourMs;
    for (let crash = 0; crash < 4; crash++) {
      world.failAt(point);
      const engine = world.open(`boot ${crash}`);
      await driveUntil(engine, world.clock, () => false, 6).catch(() => undefined);
      await settleDown();
    }
    world.failAt(null);
    await driveUntil(world.open("last"), world.clock, () => world.delivered(30));
    expect(new Set(world.fake.effects.keys()).size).toBe(30);
    expect(new Set(world.sentTo()).size).toBe(30);
    expect(await world.store.delivery.findings({})).toEqual([]);
  },
);

test("S0-44 up to six hours late it goes out; later it is left out and told, in a pause and while the server is down", async () => {
  const down = await aBirthdayCampaign(["1990-11-22", "1990-11-23"]);
  down.clock.now += 26 * hourMs;
  await down.pass(hourMs, down.open("after 5 hours"));
  expect(down.sentTo()).toEqual(["person1@example.org"]);
  down.clock.now += 26 * hourMs;
  await down.pass(hourMs, down.open("after 8 hours"));
  expect(down.sentTo()).toHaveLength(1);
  expect(activity(down, "engine.late")).toEqual([
    { missed: 1, who: "Name2 Person", plannedFor: Date.UTC(2026, 10, 23, 9) },
  ]);
  // Nobody is left out unseen.
  expect((await readRollup(down.store))?.reasons).toEqual([
    { state: "skipped", reason: "too_late", n: 1 },
  ]);

  const paused = await aBirthdayCampaign(["1990-11-22"]);
  await paused.act({ name: "campaign.pause", args: { id: campaignId } });
  await paused.pass(30 * hourMs);
  await paused.act({ name: "campaign.resume", args: { id: campaignId } });
  await paused.pass(hourMs);
  expect(paused.sentTo()).toEqual([]);
  expect(activity(paused, "engine.late")).toMatchObject([{ missed: 1, who: "Name1 Person" }]);
  await paused.pass(366 * dayMs);
  expect(paused.sentTo()).toHaveLength(1);

  const anyway = await aBirthdayCampaign(["1990-11-22"], { ifLate: "sendNow" });
  anyway.clock.now += 40 * hourMs;
  await anyway.pass(hourMs, anyway.open("much later"));
  expect(anyway.sentTo()).toHaveLength(1);
});

test("what waited for its recipient's hour and was paused meanwhile does not come a day late", async () => {
  const contact = { timeZone: "Pacific/Honolulu", fields: { Birthday: "1990-11-22" } };
  const world = await aBirthdayCampaign([contact], { local: true });
  await world.pass(20 * hourMs);
  expect((await readRollup(world.store))?.states.queued).toBe(1);
  await world.act({ name: "campaign.pause", args: { id: campaignId } });
  await world.pass(30 * hourMs);
  await world.act({ name: "campaign.resume", args: { id: campaignId } });
  await world.pass(2 * hourMs);
  expect(world.sentTo()).toEqual([]);
  expect((await readRollup(world.store))?.states.skipped).toBe(1);
  expect(activity(world, "engine.late")).toMatchObject([{ missed: 1 }]);
});

test("a clock that jumps ahead and back gives no birthday twice", async () => {
  const world = await aBirthdayCampaign(["1990-11-22"]);
  await world.pass(22 * hourMs);
  world.clock.now -= 3 * dayMs;
  await world.pass(5 * dayMs);
  expect(world.sentTo()).toHaveLength(1);
  world.clock.now += 365 * dayMs;
  await world.pass(dayMs, world.open("in a year"));
  world.clock.now -= 365 * dayMs;
  const sent = world.sentTo().length;
  await world.pass(366 * dayMs, world.open("back again"));
  expect(world.sentTo()).toHaveLength(sent + (sent === 1 ? 1 : 0));
});

test("a corrected date is no second birthday; one that is learned in time comes, even today", async () => {
  const world = await aBirthdayCampaign(["1990-11-22", "", "1990-11-24"]);
  await world.pass(22 * hourMs);
  expect(world.sentTo()).toEqual(["person1@example.org"]);
  setField(world, 1, { Birthday: "1990-11-24" });
  setField(world, 2, { Birthday: "1991-11-22" });
  setField(world, 3, {});
  await world.pass(4 * dayMs);
  expect(world.sentTo()).toEqual(["person1@example.org", "person2@example.org"]);
  expect(world.db.all("select 1 from contact_change")).toEqual([]);
});

test("who was born on 29 February is written to on 28 February of a short year, and only once", async () => {
  const world = await aBirthdayCampaign(["2000-02-29", "2000-02-28"]);
  await world.pass(120 * dayMs);
  expect(world.sentTo().toSorted()).toEqual(["person1@example.org", "person2@example.org"]);
});

test("that it waits for dates is told to the operator, and since when one of them is due", async () => {
  const world = await aBirthdayCampaign(["1990-11-22"]);
  const { now } = world.clock;
  const watches = async (at: number) => (await world.store.admin.waiting({ now: at })).watches;
  expect(await watches(now)).toEqual({ all: 1, due: 0, firstAt: null });
  const { all, due, firstAt } = await watches(now + 3 * dayMs);
  expect([all, due]).toEqual([1, 1]);
  expect(firstAt).toBeLessThan(now + 3 * dayMs);
});

test("ended, it watches nobody any more and forgets what it watched", async () => {
  const world = await aBirthdayCampaign(["1990-11-22"]);
  await world.act({ name: "campaign.end", args: { id: campaignId } });
  await world.pass(30 * hourMs);
  expect(world.sentTo()).toEqual([]);
  for (const table of ["watch", "watched", "contact_change"]) {
    expect(world.db.all(`select * from ${table}`)).toEqual([]);
  }
  setField(world, 1, { Birthday: "1990-11-23" });
  expect(world.db.all("select 1 from contact_change")).toEqual([]);
});

test("between two days there is nothing to do: it does not keep the engine awake", async () => {
  const world = await aBirthdayCampaign(["1990-11-25"]);
  for (let steps = 0; steps < 5; steps++) {
    await world.core.step();
    await settleDown();
    world.clock.now += minuteMs;
  }
  const next = await world.core.step();
  expect(next).toBe(Date.UTC(2026, 10, 22, 9));
});

/** The server goes on with a database that is older than what was sent. */
const restore = (world: LiveWorld) =>
  world.store.admin.adopt({ beside: null, isCopy: true, now: world.clock.now });

test("after a restore, dates that came before it are held for a person, and later ones go out", async () => {
  const world = await aBirthdayCampaign(["1990-11-22", "1990-11-22", "1990-11-23"]);
  // The copy is of before nine; by noon the first two had their message.
  world.clock.now += dayMs;
  await restore(world);
  await world.act({ name: "campaign.resume", args: { id: campaignId } });
  await world.pass(hourMs, world.open("restored"));
  expect(world.sentTo()).toEqual([]);
  expect((await readRollup(world.store))?.reasons).toEqual([
    { state: "skipped", reason: "restored", n: 2 },
  ]);
  expect(activity(world, "engine.unsure")).toEqual([
    { missed: 2, who: "Name1 Person, Name2 Person", plannedFor: Date.UTC(2026, 10, 22, 9) },
  ]);
  await world.pass(dayMs, world.open("the next day"));
  expect(world.sentTo()).toEqual(["person3@example.org"]);
  await world.pass(365 * dayMs, world.open("the next year"));
  expect(world.sentTo()).toHaveLength(4);
  expect(await world.store.delivery.findings({})).toEqual([]);
});

test("what was queued and due when a restore came may have gone out, and is held; what was due later goes out", async () => {
  const world = await aBirthdayCampaign(
    [here("Pacific/Auckland", "1990-11-22"), here("Pacific/Honolulu", "1990-11-22")],
    { local: true },
  );
  // Nine o'clock is an hour away in Auckland, and a day in Honolulu.
  await world.pass(7 * hourMs);
  expect((await readRollup(world.store))?.states).toMatchObject({ queued: 2 });
  world.clock.now += 3 * hourMs;
  await restore(world);
  await world.act({ name: "campaign.resume", args: { id: campaignId } });
  await world.pass(dayMs, world.open("restored"));
  expect(world.sentTo()).toEqual(["person2@example.org"]);
  expect((await readRollup(world.store))?.states).toMatchObject({ skipped: 1, delivered: 1 });
  expect(await world.store.delivery.findings({})).toEqual([]);
});
