// What was to stop messages and came late: how many had gone is told, by whom it went out as well.
import { beforeEach, expect, test } from "vitest";
import { hourMs, minuteMs, secondMs } from "#domain/core/time.ts";
import {
  createClock,
  driveUntil,
  openCore,
  settleDown,
} from "../../tests/support/delivery/drive.ts";
import { createFakeCarrier, openFake } from "../../tests/support/delivery/fake-carrier.ts";
import {
  campaignId,
  manyContacts,
  openTestStore,
  seedContacts,
  seedDocuments,
  startOfTime,
  user,
  workspace,
  type OpenStore,
} from "../../tests/support/delivery/world.ts";
import { anId } from "../../tests/support/campaigns.ts";
import { createCommands, type Commands } from "./apply.ts";

const signUp = anId(0x600);
const stand = { wall: startOfTime, offset: 0, offsetAge: 0 };

const checkContent = () => ({ unknown: [], problems: [] });

let world: OpenStore;
let commands: Commands;
let mid = 0;
const clock = createClock();

beforeEach(async () => {
  mid = 0;
  clock.now = startOfTime;
  world = openTestStore();
  commands = createCommands({ store: world.store, clock: () => clock.now, checkContent });
});

async function say(name: string, args: object, at: typeof stand = stand) {
  mid += 1;
  const command = { mid, uid: anId(0x10_000 + mid), name, v: 1, args, at };
  const done = await commands.apply({
    workspace,
    user,
    role: "admin",
    access: { fieldMaySend: false },
    client: anId(0xc1),
    instance: anId(0xd1),
    schema: 1,
    command,
  });
  if (done.outcome !== "verdict") throw new Error(`not the next: ${done.expected}`);
  return done.verdict;
}

/** A campaign to so many, of whom so many were written to when it stands at `clock.now`. */
async function aCampaignTo(people: number, written: number): Promise<void> {
  seedContacts(world.db, manyContacts(people));
  await seedDocuments(world.store);
  const fake = createFakeCarrier();
  const account = openFake(fake.carrier, { limits: { perSecond: 10, concurrency: 1 } });
  const core = openCore({ store: world.store, clock, account });
  await driveUntil(core, clock, () => fake.effects.size >= written);
  for (let i = 0; i < 3; i++) await core.step();
  await settleDown();
}

test("S4 rules: a pause that comes late says how many had gone", async () => {
  await aCampaignTo(20, 8);
  clock.now = startOfTime + 2 * hourMs;
  const { outcome, note } = await say("campaign.pause", { id: campaignId });
  expect(outcome).toBe("ok");
  expect(note).toMatchObject({ late: startOfTime, total: 20 });
  expect(Number(note?.["gone"])).toBeGreaterThanOrEqual(7);
});

test("S4 rules: a pause that comes at once, or of a time that nobody knows, says nothing", async () => {
  await aCampaignTo(20, 8);
  const justNow = { ...stand, wall: clock.now - secondMs };
  expect((await say("campaign.pause", { id: campaignId }, justNow)).note).toBeUndefined();
});

async function adds(email: string): Promise<void> {
  const args = { firstName: "Ann", lastName: "", email, phone: null, country: "PT", place: "" };
  await say("contact.add", { id: signUp, ...args, consents: [] }, { ...stand, wall: clock.now });
}

test("S4 rules: a withdrawal that comes late always counts, and says how many messages had gone", async () => {
  await aCampaignTo(20, 20);
  clock.now = startOfTime + hourMs;
  await adds("person7@example.org");
  const leave = { id: signUp, channel: "email", place: "" };
  expect(await say("consent.out", leave)).toMatchObject({
    outcome: "ok",
    note: { late: startOfTime, gone: 1 },
  });
});

test("a withdrawal after which nothing went out says nothing", async () => {
  await aCampaignTo(20, 20);
  const at = { ...stand, wall: clock.now + minuteMs };
  clock.now += hourMs;
  await adds("person7@example.org");
  expect((await say("consent.out", { id: signUp, channel: "email", place: "" }, at)).note).toBe(
    undefined,
  );
});

test("of a large audience, who takes a consent back is found without looking at everybody", async () => {
  await aCampaignTo(20, 20);
  // As if it had a million: the rest of the numbers have no rows.
  world.db.transact([() => world.db.run("update distribution set total = 1000000")]);
  clock.now = startOfTime + hourMs;
  await adds("person7@example.org");
  const leave = { id: signUp, channel: "email", place: "" };
  expect((await say("consent.out", leave)).note).toMatchObject({ gone: 1 });
});

test("S4 rules: an edit that came after it was sent is told by whom it went out", async () => {
  await aCampaignTo(20, 20);
  await world.store.sync.commitWrites({
    workspace,
    expect: [],
    writes: [{ kind: "member", id: user, doc: { id: user, rev: 1, name: "Ana", role: "admin" } }],
    activity: { campaignId, event: "campaign.send", by: user, at: startOfTime, detail: {} },
    now: startOfTime,
  });
  const name = { was: "Test campaign", set: "Mine" };
  expect(await say("campaign.edit", { id: campaignId, name })).toMatchObject({
    refusal: { type: "already_sent", detail: { at: startOfTime, by: "Ana" } },
  });
});
