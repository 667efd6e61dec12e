// How much is claimed ahead follows how fast the way takes it, from the first answers on.
import { expect, test } from "vitest";
import { createClock, driveUntil, openCore } from "../../tests/support/delivery/drive.ts";
import {
  createFakeCarrier,
  openFake,
  type FakeCarrier,
} from "../../tests/support/delivery/fake-carrier.ts";
import {
  manyContacts,
  openTestStore,
  readCampaign,
  seedContacts,
  seedDocuments,
} from "../../tests/support/delivery/world.ts";
import type { Store } from "../store/store.ts";

const limits = { perSecond: null, concurrency: 100 };

/** A campaign to so many, and how many messages were asked for at each claim that found some. */
async function open(people: number, { carrier }: FakeCarrier) {
  const { store, db } = openTestStore();
  seedContacts(db, manyContacts(people));
  await seedDocuments(store);
  const claims: number[] = [];
  const { delivery } = store;
  const counting: Store = {
    ...store,
    delivery: {
      ...delivery,
      intent: async (asked) => {
        const answer = await delivery.intent(asked);
        if (answer.messages.length > 0) claims.push(asked.limit);
        return answer;
      },
    },
  };
  const clock = createClock();
  const core = openCore({ store: counting, clock, account: openFake(carrier, { limits }) });
  return { store, core, clock, claims };
}

test("a way that answers at once is fed by whole windows after a few claims", async () => {
  const { store, core, clock, claims } = await open(10_000, createFakeCarrier());
  await driveUntil(core, clock, async () => (await readCampaign(store)).phase === "completed");
  expect(claims.slice(0, 2)).toEqual([100, 100]);
  expect(claims.indexOf(2_000)).toBeGreaterThan(0);
  expect(claims.indexOf(2_000)).toBeLessThan(10);
});
