// Campaigns that wait for an event: each brings one person in, once, whatever crashes or is repeated.
import { expect, test } from "vitest";
import type { Campaign } from "#domain/campaign/campaign.ts";
import type { EventTrigger } from "#domain/campaign/trigger.ts";
import { defaultPeopleLimits } from "#domain/limits/people-limits.ts";
import { hourMs, minuteMs } from "#domain/core/time.ts";
import { driveUntil, settleDown } from "../../tests/support/delivery/drive.ts";
import { deliveredAtOnce } from "../../tests/support/delivery/fake-carrier.ts";
import { openLiveWorld } from "../../tests/support/delivery/live-world.ts";
import {
  campaignId,
  manyContacts,
  readCampaign,
  readRollup,
  seedContacts,
  user,
  workspace,
} from "../../tests/support/delivery/world.ts";

const trigger: EventTrigger = {
  kind: "event",
  event: "order_paid",
  delayMinutes: 0,
  againAfterHours: null,
};

async function aWaitingCampaign(
  over: Partial<EventTrigger> = {},
  campaign: Partial<Campaign> = {},
) {
  const world = await openLiveWorld({
    contacts: [...manyContacts(10), { email: "no@example.org", consents: false }],
    campaign: { trigger: { ...trigger, ...over }, ...campaign },
  });
  await world.goLive();
  return {
    ...world,
    fail: world.failAt,
    settled: world.delivered,
    happen: (id: string, n = 1, at = world.clock.now, name = "order_paid") =>
      world.happen(id, {
        what: { kind: "event", name },
        contact: { email: `person${n}@example.org` },
        at,
      }),
  };
}

test("S0-D1 it stays live, and each event brings one person in, however often it is told", async () => {
  const { store, clock, core, happen, sentTo, settled } = await aWaitingCampaign();
  expect(await happen("a", 1)).toEqual({ outcome: "taken", entered: [campaignId] });
  expect(await happen("a", 1)).toEqual({ outcome: "repeated", entered: [campaignId] });
  expect(await happen("b", 2)).toMatchObject({ entered: [campaignId] });
  expect(await happen("c", 3, clock.now, "order_lost")).toMatchObject({ entered: [] });
  expect(await happen("d", 99)).toEqual({ outcome: "nobody", entered: [] });
  await driveUntil(core, clock, () => settled(2));
  expect(sentTo()).toEqual(["person1@example.org", "person2@example.org"]);
  expect(await readCampaign(store)).toMatchObject({ phase: "active" });
  expect(await readRollup(store)).toMatchObject({ total: 2 });
  await happen("e", 3);
  await driveUntil(core, clock, () => settled(3));
  expect(await store.delivery.findings({})).toEqual([]);
});

test("while it waits there is nothing to do: it does not keep the engine awake", async () => {
  const { core, clock } = await aWaitingCampaign();
  for (let steps = 0; steps < 5; steps++) {
    await core.step();
    await settleDown();
    clock.now += minuteMs;
  }
  const next = await core.step();
  expect(next === null || next > clock.now + minuteMs).toBe(true);
});

test("who entered once does not enter again; or not before the hours are over", async () => {
  const one = await aWaitingCampaign();
  await one.happen("a");
  one.clock.now += 1_000 * hourMs;
  expect(await one.happen("b")).toEqual({ outcome: "taken", entered: [] });

  const again = await aWaitingCampaign({ againAfterHours: 24 });
  await again.happen("a");
  again.clock.now += 23 * hourMs;
  expect(await again.happen("b")).toMatchObject({ entered: [] });
  again.clock.now += hourMs;
  expect(await again.happen("c")).toMatchObject({ entered: [campaignId] });
  await driveUntil(again.core, again.clock, () => again.settled(2));
  expect(new Set(again.fake.calls.map(({ key }) => key)).size).toBe(2);
});

test("the message waits for its delay, counted from what happened", async () => {
  const { clock, core, happen, fake, settled } = await aWaitingCampaign({ delayMinutes: 60 });
  const at = clock.now;
  await happen("a", 1, at - 20 * minuteMs);
  await core.step();
  await settleDown();
  expect(fake.calls).toEqual([]);
  await driveUntil(core, clock, () => settled(1));
  expect(clock.now).toBeGreaterThanOrEqual(at + 40 * minuteMs);
  expect(clock.now).toBeLessThan(at + 42 * minuteMs);
});

test("S0-D1 what is told more than six hours too late brings nobody in: who told it hears so, and a report shows whom it left out", async () => {
  const { clock, core, happen, sentTo, settled, store } = await aWaitingCampaign({
    delayMinutes: 60,
  });
  const late = clock.now - 7 * hourMs;
  const answer = { entered: [], tooLate: [campaignId] };
  expect(await happen("a", 1, late - 1)).toEqual({ outcome: "taken", ...answer });
  expect(await happen("a", 1, late - 1)).toEqual({ outcome: "repeated", ...answer });
  expect(await happen("b", 2, late - 365 * 24 * hourMs)).toMatchObject(answer);
  expect(await happen("c", 3, late)).toEqual({ outcome: "taken", entered: [campaignId] });
  // Whoever was left out was not written to, so what happens next counts.
  expect(await happen("d", 1)).toEqual({ outcome: "taken", entered: [campaignId] });
  await driveUntil(core, clock, () => settled(2));
  expect(sentTo().toSorted()).toEqual(["person1@example.org", "person3@example.org"]);
  expect(await readRollup(store)).toMatchObject({
    total: 4,
    reasons: [{ state: "skipped", reason: "too_late", n: 2 }],
  });
  expect(await store.delivery.findings({})).toEqual([]);
});

test("consent is looked at when its turn comes, and who is not in the audience does not enter", async () => {
  const { store, core, clock } = await aWaitingCampaign();
  const what = { kind: "event", name: "order_paid" } as const;
  const happening = { id: "a", what, at: clock.now, properties: {} };
  const contact = { email: "no@example.org" };
  await store.delivery.happen({
    workspace,
    happening: { ...happening, contact },
    now: clock.now,
  });
  await driveUntil(core, clock, async () => (await readRollup(store))?.states.skipped === 1);
  expect((await readRollup(store))?.reasons).toEqual([
    { state: "skipped", reason: "no_consent", n: 1 },
  ]);

  const other = await aWaitingCampaign();
  other.db.run(
    "update distribution set rule = ?",
    JSON.stringify({ kind: "filter", filter: { countries: ["FR"] } }),
  );
  expect(await other.happen("a")).toMatchObject({ entered: [] });
});

test.each(["intended", "before send", "sent", "settled", "advanced"] as const)(
  "a crash at '%s' loses nobody who entered and repeats nobody",
  async (point) => {
    const { clock, core, open, happen, fail, settled, fake } = await aWaitingCampaign();
    await happen("a", 1);
    await happen("b", 2);
    fail(point);
    await driveUntil(core, clock, async () => false, 8).catch(() => undefined);
    await settleDown();
    fail(null);
    await happen("b", 2);
    await happen("c", 3);
    await driveUntil(open("second"), clock, () => settled(3));
    expect(new Set(fake.calls.map(({ key }) => key)).size).toBe(3);
  },
);

test("S0-44 S0-48 paused, people enter and wait; resumed, they are written to; ended, what waits still goes out and nobody enters", async () => {
  const { store, clock, core, happen, act, settled, fake } = await aWaitingCampaign({
    delayMinutes: 30,
  });
  await act({ name: "campaign.pause", args: { id: campaignId } });
  expect(await happen("a", 1)).toMatchObject({ entered: [campaignId] });
  clock.now += 2 * hourMs;
  await core.step();
  await settleDown();
  expect(fake.calls).toEqual([]);
  await act({ name: "campaign.resume", args: { id: campaignId } });
  await driveUntil(core, clock, () => settled(1));

  await happen("b", 2);
  await act({ name: "campaign.end", args: { id: campaignId } });
  expect(await happen("c", 3)).toMatchObject({ entered: [] });
  await driveUntil(core, clock, async () => (await readCampaign(store)).phase === "completed");
  expect(fake.calls).toHaveLength(2);
  expect(await store.delivery.findings({})).toEqual([]);
});

test("more people than fit a chunk", async () => {
  const { store, db, clock, core, happen, settled } = await aWaitingCampaign();
  seedContacts(
    db,
    Array.from({ length: 600 }, (_, n) => ({ email: `person${n + 1_000}@example.org` })),
  );
  for (let n = 0; n < 600; n++) await happen(`many ${n}`, n + 1_000);
  await driveUntil(core, clock, () => settled(600));
  expect(await store.delivery.findings({})).toEqual([]);
});

test("S0-12 what the event told stands in the message, escaped, and stays what it was when it is sent again", async () => {
  const html = "<p>{{ event.product | default: 'your order' }} {{ event.n }} {{ event.code }}</p>";
  const text = "{{ first_name }}: {{ event.product | default: 'your order' }}";
  const world = await openLiveWorld({
    contacts: manyContacts(3),
    campaign: {
      trigger: { ...trigger, againAfterHours: 0 },
      content: { subject: "Hi", text, html },
    },
    answer: (_message, call) =>
      call === 1
        ? { outcome: "later", reason: "provider_error", afterMs: null, code: "", words: "" }
        : deliveredAtOnce,
  });
  await world.goLive();
  const properties = { product: "Cup & <b>Saucer</b>", n: 2, __proto__: "no" };
  await world.happen("a", { properties });
  await world.happen("b", { properties: { product: "Other" } });
  await world.happen("c", { contact: { phone: "+491510000002" } });
  await driveUntil(world.core, world.clock, () => world.delivered(2));
  await world.happen("d", { contact: { phone: "+4915110000002" } });
  await driveUntil(world.core, world.clock, () => world.delivered(3));
  const [first, ...others] = world.fake.calls;
  const again = others.find(({ key }) => key === first?.key);
  expect(again?.content).toEqual(first?.content);
  expect(first?.content).toMatchObject({
    text: "Name1: Cup & <b>Saucer</b>",
    html: "<p>Cup &amp; &lt;b&gt;Saucer&lt;/b&gt; 2 </p>",
  });
  expect(world.fake.calls.map(({ content }) => content.text)).toEqual(
    expect.arrayContaining(["Name1: Other", "Name2: your order"]),
  );
});

test("S4 a frequency cap counts each time that somebody enters, also twice at one moment", async () => {
  const { store, db, clock, core, happen, sentTo } = await aWaitingCampaign({
    againAfterHours: 1,
    delayMinutes: 600,
  });
  // A sandbox writes to nobody; this one counts as if it did.
  db.transact([() => db.run("update distribution set simulated = 0")]);
  const frequency = { email: { messages: 2, days: 7 }, sms: null };
  const limits = { ...defaultPeopleLimits, frequency };
  await store.limits.changeLimits({ workspace, limits, by: user, now: clock.now });
  for (const id of ["a", "b", "c"]) {
    await happen(id, 1);
    clock.now += 2 * hourMs;
  }
  await happen("d", 2);
  clock.now += 20 * hourMs;
  await driveUntil(core, clock, async () => (await readRollup(store))?.states.queued === 0);
  expect(sentTo().toSorted()).toEqual([
    "person1@example.org",
    "person1@example.org",
    "person2@example.org",
  ]);
  expect((await readRollup(store))?.reasons).toEqual([
    { state: "skipped", reason: "frequency_cap", n: 1 },
  ]);
  expect(await store.delivery.findings({})).toEqual([]);
});

test("S0-D1 S2-52 edited while it is live, whoever still waits and whoever comes takes the new text, and no key says two", async () => {
  let isAway = true;
  const away = { outcome: "unknown", reason: "provider_timeout", code: "", words: "" } as const;
  const world = await openLiveWorld({
    contacts: manyContacts(10),
    campaign: { trigger: { ...trigger, delayMinutes: 0 } },
    answer: ({ to }) => (isAway && to === "person2@example.org" ? away : deliveredAtOnce),
  });
  await world.goLive();
  const { clock, core, fake, store, act } = world;
  const happen = (id: string, n: number) =>
    world.happen(id, { contact: { email: `person${n}@example.org` } });
  await happen("a", 1);
  await happen("b", 2);
  await driveUntil(core, clock, () => fake.calls.length >= 2);
  await settleDown();
  await happen("c", 3);
  const was = (await readCampaign(store)).content.text;
  const edited = await act({
    name: "campaign.edit",
    args: { id: campaignId, content: { text: { was, set: "New words" } } },
  });
  expect(edited).toMatchObject({ outcome: "ok" });
  expect(await readCampaign(store)).toMatchObject({ phase: "active" });
  isAway = false;
  await happen("d", 4);
  await driveUntil(core, clock, () => world.delivered(4));

  const texts = new Map<string, Set<string>>();
  for (const { key, content } of fake.calls) {
    texts.set(key, (texts.get(key) ?? new Set()).add(content.text));
  }
  expect([...texts.values()].every((said) => said.size === 1)).toBe(true);
  const last = new Map(fake.calls.map(({ to, content }) => [to, content.text === "New words"]));
  expect([...last].toSorted(([a], [b]) => a.localeCompare(b))).toEqual([
    ["person1@example.org", false],
    ["person2@example.org", false],
    ["person3@example.org", true],
    ["person4@example.org", true],
  ]);
  expect(await readCampaign(store)).toMatchObject({
    phase: "active",
    editions: [
      { n: 1, handed: 2 },
      { n: 2, handed: null },
    ],
  });
  expect(await store.delivery.findings({})).toEqual([]);
});

test("after a restore, an event of the lost history that its source tells again is held; what is due after the restore goes out", async () => {
  const { store, db, clock, open, happen, sentTo, pass, act } = await aWaitingCampaign({
    delayMinutes: 30,
  });
  // The copy is of now. Two hours later the server is restored from it.
  const lost = clock.now + 10 * minuteMs;
  clock.now += 2 * hourMs;
  const restored = clock.now;
  await store.admin.adopt({ beside: null, isCopy: true, now: restored });
  expect(await happen("a", 1, lost)).toEqual({ outcome: "taken", entered: [campaignId] });
  // It happened before the restore too, but its message was not due yet.
  expect(await happen("b", 2, restored - 10 * minuteMs)).toMatchObject({ entered: [campaignId] });
  await act({ name: "campaign.resume", args: { id: campaignId } });
  const engine = open("restored");
  await pass(hourMs, engine);
  expect(sentTo()).toEqual(["person2@example.org"]);
  expect(await happen("c", 3, lost)).toMatchObject({ outcome: "taken" });
  expect(await happen("d", 4)).toMatchObject({ outcome: "taken" });
  await pass(hourMs, engine);
  expect(sentTo()).toEqual(["person2@example.org", "person4@example.org"]);
  const rollup = await readRollup(store);
  expect(rollup?.reasons).toEqual([{ state: "skipped", reason: "restored", n: 2 }]);
  expect(db.all("select event from activity where event = 'engine.unsure'")).toHaveLength(2);
  expect(await store.delivery.findings({})).toEqual([]);
});

test("a campaign that was set live after the restore takes what happened before it", async () => {
  const world = await openLiveWorld({
    contacts: manyContacts(3),
    campaign: { trigger },
  });
  await world.store.admin.adopt({ beside: null, isCopy: true, now: world.clock.now - hourMs });
  await world.act({ name: "campaign.resume", args: { id: campaignId } });
  await driveUntil(
    world.core,
    world.clock,
    async () => (await readCampaign(world.store)).phase === "active",
  );
  await world.happen("a", { at: world.clock.now - 2 * hourMs });
  await driveUntil(world.core, world.clock, () => world.delivered(1));
  expect(world.sentTo()).toEqual(["person1@example.org"]);
});
