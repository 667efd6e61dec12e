// A look of the engine costs as much as a hundred messages: it is asked for where there is something to see.
import { expect, test } from "vitest";
import {
  createClock,
  driveUntil,
  openCore,
  settleDown,
} from "../../tests/support/delivery/drive.ts";
import {
  accepted,
  createFakeCarrier,
  openFake,
  type FakeAccount,
  type FakeCarrier,
} from "../../tests/support/delivery/fake-carrier.ts";
import {
  accountId,
  manyContacts,
  openTestStore,
  readCampaign,
  seedContacts,
  seedDocuments,
  workspace,
} from "../../tests/support/delivery/world.ts";
import type { Outcome } from "../providers/provider.ts";

const failed: Outcome = {
  outcome: "later",
  reason: "provider_error",
  code: "500",
  words: "",
  afterMs: null,
};

/** A campaign to so many, and how often the engine asked to be stepped. */
async function open(people: number, { carrier }: FakeCarrier, account: FakeAccount = {}) {
  const { store, db } = openTestStore();
  seedContacts(db, manyContacts(people));
  await seedDocuments(store);
  const asked = { times: 0, soon: 0 };
  const clock = createClock();
  const wake = (): void => void (asked.times += 1);
  const wakeSoon = (): void => void (asked.soon += 1);
  const core = openCore({ store, clock, account: openFake(carrier, account), wake, wakeSoon });
  return { store, core, clock, asked };
}

test("while messages simply go out, the engine asks to be stepped soon, and at once with the last of them", async () => {
  const fake = createFakeCarrier();
  const { store, core, clock, asked } = await open(1_000, fake);
  await driveUntil(core, clock, async () => (await readCampaign(store)).phase === "completed");
  expect(fake.calls).toHaveLength(1_000);
  expect(asked.times).toBeGreaterThan(0);
  expect(asked.times).toBeLessThan(20);
  expect(asked.soon).toBeGreaterThan(0);
});

test("a message that has to be tried again makes the engine ask at once, though others are under way", async () => {
  const [second, others] = [Promise.withResolvers<Outcome>(), Promise.withResolvers<Outcome>()];
  const answers = [accepted, second.promise];
  const fake = createFakeCarrier((_message, call) => answers[call - 1] ?? others.promise);
  const { store, core, clock, asked } = await open(100, fake);
  await driveUntil(core, clock, () => fake.calls.length === 3);
  await settleDown();
  const before = asked.times;
  second.resolve(failed);
  await settleDown();
  expect(asked.times).toBe(before + 1);
  others.resolve(accepted);
  await driveUntil(core, clock, async () => (await readCampaign(store)).phase === "completed");
  expect(fake.calls).toHaveLength(101);
});

test("an account that must wait for its pace asks at once, with messages ready and a call under way", async () => {
  const [slow, second] = [Promise.withResolvers<Outcome>(), Promise.withResolvers<Outcome>()];
  const answers = [slow.promise, second.promise];
  const fake = createFakeCarrier((_message, call) => answers[call - 1] ?? accepted);
  const { store, core, clock, asked } = await open(20, fake, { limits: { perSecond: 2 } });
  await driveUntil(core, clock, () => fake.calls.length === 2);
  await settleDown();
  const before = asked.times;
  second.resolve(accepted);
  await settleDown();
  expect(asked.times).toBe(before + 1);
  slow.resolve(accepted);
  await driveUntil(core, clock, async () => (await readCampaign(store)).phase === "completed");
  expect(new Set(fake.calls.map(({ key }) => key)).size).toBe(20);
});

test("a receipt is seen soon: a flood of them does not make the engine look at once for each", async () => {
  const fake = createFakeCarrier(() => accepted);
  const { store, core, clock, asked } = await open(3, fake, { receipts: "push" });
  await driveUntil(core, clock, async () => (await readCampaign(store)).phase === "settling");
  const before = { ...asked };
  const said = { state: "delivered", at: clock.now, reason: "none", code: "", words: "" } as const;
  for (const { key } of fake.calls) {
    expect(await core.receive({ workspace, accountId }, [{ ...said, key }])).toBe(1);
  }
  expect(asked).toEqual({ times: before.times, soon: before.soon + 3 });
  await driveUntil(core, clock, async () => (await readCampaign(store)).phase === "completed");
});
