/** A claim writes one chunk, not its messages: what is in flight follows from where the chunk was left. */
import { expect, test } from "vitest";
import type { Settlement } from "../delivery-store.ts";
import {
  campaignId,
  manyContacts,
  openTestStore,
  seedContacts,
  seedDocuments,
  startOfTime as now,
  workspace,
  type OpenStore,
} from "../../../tests/support/delivery/world.ts";

const distribution = 1;
const boot = "first boot";

async function openCampaign(people: number): Promise<OpenStore> {
  const opened = openTestStore();
  seedContacts(opened.db, manyContacts(people));
  await seedDocuments(opened.store);
  const { delivery } = opened.store;
  await delivery.launch({ workspace, campaignId, keyed: ["sandbox"], now });
  expect(await delivery.freeze({ distribution, batch: 5_000, now })).toBe("frozen");
  return opened;
}

function settlement(n: number, over: Partial<Settlement> = {}): Settlement {
  return {
    n,
    gen: 1,
    try: 1,
    state: "delivered",
    reason: "none",
    at: now,
    dueAt: null,
    renews: false,
    counts: true,
    segments: 1,
    providerId: null,
    attempt: null,
    ...over,
  };
}

async function flying({ store }: OpenStore): Promise<readonly number[]> {
  const filter = {
    states: ["sending"],
    reasons: [],
    carrier: null,
    edition: null,
    q: null,
    inAddress: true,
  } as const;
  const rows = await store.reports.rows({ workspace, campaignId, filter, after: 0, limit: 10_000 });
  return rows.map(({ n }) => n);
}

test("what is claimed counts and shows as in flight, though its rows were not written", async () => {
  const opened = await openCampaign(620);
  const { store, db } = opened;
  const { messages } = await store.delivery.intent({
    distribution,
    boot,
    limit: 510,
    columns: [],
    now,
  });
  expect(messages).toHaveLength(510);
  expect(await flying(opened)).toEqual(messages.map(({ n }) => n));
  const stored = db.get("select count(*) as n from message where state <> 0");
  expect(stored?.["n"]).toBe(0);
  expect(await store.delivery.findings({})).toEqual([]);
});

test("who is skipped or waits again is not in flight beside those who are", async () => {
  const opened = await openCampaign(8);
  const { store, db } = opened;
  db.transact([() => db.run("update consent set granted = 0 where contact = 3")]);
  await store.delivery.intent({ distribution, boot, limit: 6, columns: [], now });
  const back = settlement(2, { state: "queued", dueAt: now, counts: false });
  const later = settlement(4, { state: "queued", reason: "rate_limited", dueAt: now + 1_000 });
  const settlements = [settlement(1), back, later];
  await store.delivery.settle({ distribution, settlements, lookAt: null, now });
  expect(await flying(opened)).toEqual([5, 6, 7]);
  expect(await store.delivery.findings({})).toEqual([]);

  const again = await store.delivery.intent({ distribution, boot, limit: 6, columns: [], now });
  expect(again.messages.map(({ n, try: attempt }) => [n, attempt])).toEqual([
    [2, 1],
    [8, 1],
  ]);
  expect(await flying(opened)).toEqual([2, 5, 6, 7, 8]);
  expect(await store.delivery.findings({})).toEqual([]);
});

test("after a crash exactly the unsettled rows of what was claimed are in doubt", async () => {
  const opened = await openCampaign(40);
  const { store } = opened;
  await store.delivery.intent({ distribution, boot, limit: 10, columns: [], now });
  const settlements = [settlement(2), settlement(9)];
  await store.delivery.settle({ distribution, settlements, lookAt: null, now });
  const recovery = { boot: "second boot", now };
  expect(await store.delivery.recover(recovery)).toBe(8);
  expect(await store.delivery.recover(recovery)).toBe(0);
  expect(await flying(opened)).toEqual([]);
  expect(await store.delivery.findings({})).toEqual([]);
  const next = { distribution, boot: "second boot", limit: 9, columns: [], now };
  const { messages } = await store.delivery.intent(next);
  expect(messages.map(({ n, isInDoubt }) => [n, isInDoubt])).toEqual([
    ...[1, 3, 4, 5, 6, 7, 8, 10].map((n) => [n, true]),
    [11, false],
  ]);
});

test("of two results of one call the second says nothing new", async () => {
  const { store } = await openCampaign(4);
  await store.delivery.intent({ distribution, boot, limit: 2, columns: [], now });
  const settlements = [
    settlement(1, { state: "queued", dueAt: now }),
    settlement(1, { state: "queued", dueAt: now }),
    settlement(2),
  ];
  expect(await store.delivery.settle({ distribution, settlements, lookAt: null, now })).toEqual({
    applied: 2,
    ignored: 1,
  });
});
