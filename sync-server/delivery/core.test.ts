import { expect, test } from "vitest";
import { createFakeCarrier, openFake } from "../../tests/support/delivery/fake-carrier.ts";
import { createClock, driveUntil, openCore } from "../../tests/support/delivery/drive.ts";
import {
  manyContacts,
  openTestStore,
  readCampaign,
  readRollup,
  seedContacts,
  seedDocuments,
} from "../../tests/support/delivery/world.ts";

test("a launched campaign reaches everybody once and completes with its counters", async () => {
  const { store, db } = openTestStore();
  seedContacts(db, manyContacts(1_234));
  await seedDocuments(store);
  const fake = createFakeCarrier();
  const clock = createClock();
  const core = openCore({ store, clock, account: openFake(fake.carrier) });

  await driveUntil(core, clock, async () => (await readCampaign(store)).phase === "completed");

  expect(fake.effects.size).toBe(1_234);
  expect(new Set(fake.calls.map(({ to }) => to)).size).toBe(1_234);
  expect(fake.calls[0]?.content).toEqual({
    subject: "Hello Name1",
    text: "Hello Name1!",
    html: "",
  });
  const campaign = await readCampaign(store);
  expect(campaign).toMatchObject({ total: 1_234, phase: "completed" });
  expect(await readRollup(store)).toMatchObject({ total: 1_234, states: { delivered: 1_234 } });
  expect(await store.delivery.findings({})).toEqual([]);
});
