// Evidence over a real store: whatever the order, the repetition and the batches in which proof
// is heard, the rows, their counters and their marks come out the same.
import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import type { Proof } from "#server/store/delivery-store.ts";
import {
  aCampaign,
  campaignId,
  manyContacts,
  openTestStore,
  seedContacts,
  seedDocuments,
  startOfTime,
  workspace,
  type OpenStore,
} from "../support/delivery/world.ts";

const people = 4;
const opened: OpenStore[] = [];

afterEach(async () => {
  for (const { store } of opened.splice(0)) await store.close();
});

/** A campaign whose messages were all handed over: nothing but receipts can change them now. */
async function submitted(): Promise<OpenStore> {
  const world = openTestStore();
  opened.push(world);
  const { store, db } = world;
  seedContacts(db, manyContacts(people));
  await seedDocuments(store, { campaign: aCampaign() });
  const now = startOfTime;
  const { delivery } = store;
  await delivery.launch({ workspace, campaignId, keyed: ["sandbox"], now });
  await delivery.freeze({ distribution: 1, batch: 100, now });
  const { messages } = await delivery.intent({
    distribution: 1,
    boot: "b",
    limit: 100,
    columns: [],
    now,
  });
  const settlements = messages.map(({ n, gen, try: tries }) => ({
    n,
    gen,
    try: tries,
    state: "submitted" as const,
    reason: "none" as const,
    at: now,
    dueAt: null,
    renews: false,
    counts: true,
    segments: 1,
    providerId: null,
    attempt: null,
  }));
  await delivery.settle({ distribution: 1, settlements, lookAt: now + 60_000, now });
  return world;
}

/** Failures here have no ladder: a re-send is our decision, and not evidence. */
const proof: fc.Arbitrary<Proof> = fc
  .record({
    n: fc.integer({ min: 1, max: people }),
    at: fc.integer({ min: 0, max: 4 }).map((minutes) => startOfTime + minutes * 60_000),
    said: fc.constantFrom(
      { state: "sent", reason: "none" } as const,
      { state: "undelivered", reason: "unknown_recipient" } as const,
      { state: "undelivered", reason: "spam_filtered" } as const,
      { state: "failed", reason: "invalid_address" } as const,
      { state: "delivered", reason: "none" } as const,
      { state: "read", reason: "none" } as const,
    ),
  })
  .map(({ n, at, said }) => ({ n, at, gen: 1, ...said, code: "", words: "" }));

async function heard(batches: readonly (readonly Proof[])[]) {
  const { store, db } = await submitted();
  for (const proofs of batches) {
    await store.delivery.prove({ distribution: 1, proofs, now: startOfTime });
  }
  expect(await store.delivery.findings({})).toEqual([]);
  const report = await store.reports.report({ workspace, campaignId, now: startOfTime });
  return {
    rows: db.all("select n, state, reason, gen, at, marks from message order by n"),
    tally: report?.tally,
    marks: report?.rollup.marks,
  };
}

test("any order, repetition and batching of receipts gives the same rows, counters and marks", async () => {
  const story = fc.array(proof, { minLength: 1, maxLength: 12 }).chain((list) =>
    fc.record({
      list: fc.constant(list),
      again: fc.shuffledSubarray([...list, ...list], { minLength: list.length * 2 }),
      size: fc.integer({ min: 1, max: 5 }),
    }),
  );
  await fc.assert(
    fc.asyncProperty(story, async ({ list, again, size }) => {
      const batches: Proof[][] = [];
      for (let i = 0; i < again.length; i += size) batches.push(again.slice(i, i + size));
      expect(await heard(batches)).toEqual(await heard([list]));
    }),
    { numRuns: 60 },
  );
}, 120_000);

test("I-6 what is told across campaigns is what each report tells, before devices are told it", async () => {
  const { store } = await submitted();
  const asked = { workspace, now: startOfTime };
  await store.delivery.advance({ distribution: 1, rate: 0, ...asked });
  const said = { state: "delivered", reason: "none", code: "", words: "" } as const;
  const proofs = [{ ...said, n: 1, gen: 1, at: startOfTime }];
  await store.delivery.prove({ distribution: 1, proofs, now: startOfTime });

  const [counted] = await store.reports.counted(asked);
  expect(counted?.campaign.id).toBe(campaignId);
  expect(counted?.rollup?.states).toMatchObject({ delivered: 1, submitted: people - 1 });
  const report = await store.reports.report({ campaignId, ...asked });
  expect(counted?.rollup).toEqual(report?.rollup);
});
