import { expect, test } from "vitest";
import type { Settlement } from "../delivery-store.ts";
import {
  campaignId,
  manyContacts,
  openTestStore,
  seedContacts,
  seedDocuments,
  setPhase,
  startOfTime as now,
  workspace,
} from "../../../tests/support/delivery/world.ts";

const distribution = 1;

function delivered(n: number): Settlement {
  const call = { n, gen: 1, try: 1, at: now, dueAt: null, renews: false, counts: true };
  return {
    ...call,
    state: "delivered",
    reason: "none",
    segments: 1,
    providerId: null,
    attempt: null,
  };
}

test("a campaign that is canceled while it is paused with nothing left to do comes to its end", async () => {
  const { store, db } = openTestStore();
  seedContacts(db, manyContacts(2));
  await seedDocuments(store);
  const { delivery } = store;
  await delivery.launch({ workspace, campaignId, keyed: ["sandbox"], now });
  await delivery.freeze({ distribution, batch: 10, now });
  await delivery.intent({ distribution, boot: "boot", limit: 2, columns: [], now });
  await setPhase(store, { phase: "paused", pausedFrom: "active", pauseReason: "user" });
  const settlements = [delivered(1), delivered(2)];
  await delivery.settle({ distribution, settlements, lookAt: null, now });
  await delivery.advance({ distribution, rate: 0, now });
  await setPhase(store, { phase: "canceled", completedAt: now });

  expect(await delivery.cancel({ distribution, limit: 10, now })).toBe("done");
  expect((await delivery.work({ now })).open).toMatchObject([{ isStale: true }]);
  await delivery.advance({ distribution, rate: 0, now });
  expect((await delivery.work({ now })).open).toEqual([]);
  expect(await delivery.findings({})).toEqual([]);
});
