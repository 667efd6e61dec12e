/** Results come one by one or, where neighbours came to the same, as a run: both leave the same behind. */
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  campaignId,
  manyContacts,
  openTestStore,
  readRollup,
  seedContacts,
  seedDocuments,
  startOfTime as now,
  workspace,
  type OpenStore,
} from "../../../tests/support/delivery/world.ts";
import {
  aSettlement,
  openSms,
  smsDistribution,
} from "../../../tests/support/delivery/sms-world.ts";
import { createResults } from "../../delivery/results.ts";
import type { Proof, Settlement } from "../delivery-store.ts";
import { eachOf } from "../settlement-runs.ts";

const distribution = 1;

/** A campaign whose first messages are in flight. */
async function openFlying(people: number, flying: number): Promise<OpenStore> {
  const opened = openTestStore();
  seedContacts(opened.db, manyContacts(people));
  await seedDocuments(opened.store);
  const { delivery } = opened.store;
  await delivery.launch({ workspace, campaignId, keyed: ["sandbox"], now });
  expect(await delivery.freeze({ distribution, batch: 5_000, now })).toBe("frozen");
  await delivery.intent({ distribution, boot: "boot", limit: flying, columns: [], now });
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

function inRuns(settlements: readonly Settlement[]): readonly Settlement[] {
  const results = createResults();
  for (const each of settlements) results.add(each);
  return results.take(10_000);
}

const forms = [
  ["one by one", (settlements: readonly Settlement[]) => settlements],
  ["in runs", inRuns],
] as const;

test.each(forms)(
  "results that came %s are counted and written for each message",
  async (_name, form) => {
    const { store, db } = await openFlying(620, 600);
    const trouble = {
      state: "failed",
      reason: "unknown_recipient",
      attempt: { code: "5", words: "no" },
    } as const;
    const settlements = [
      ...[1, 2, 3, 5, 6].map((n) => settlement(n)),
      ...[7, 8].map((n) => settlement(n, { at: now + 1, state: "submitted" })),
      settlement(9, { providerId: "theirs" }),
      ...[10, 11].map((n) => settlement(n, trouble)),
      ...[12, 13].map((n) => settlement(n, { try: 2 })),
      ...[498, 499, 500, 501, 502].map((n) => settlement(n, { segments: 2 })),
    ];
    const lookAt = now + 5_000;
    const answer = await store.delivery.settle({
      distribution,
      settlements: form(settlements),
      lookAt,
      now,
    });
    // Results of a call that was never made still prove that the message arrived.
    expect(answer).toEqual({ applied: 17, ignored: 0 });
    expect(await store.delivery.findings({})).toEqual([]);
    const rows = db.all(
      "select n, state, try, segments, at, provider_id as id from message where state <> 0 order by n",
    );
    expect(rows.map(({ n }) => n)).toEqual(settlements.map(({ n }) => n));
    expect(rows[5]).toEqual({ n: 7, state: 3, try: 1, segments: 1, at: now + 1, id: null });
    expect(rows[7]).toMatchObject({ n: 9, id: "theirs" });
    expect(rows[13]).toMatchObject({ n: 499, segments: 2, try: 1, state: 10 });
    expect((await store.delivery.work({ now })).open[0]?.lookAt).toBe(lookAt);
  },
);

const rowTables = ["message", "tally", "bucket", "mark_bucket", "chunk", "timer", "attempt"];

function written({ db }: OpenStore): unknown {
  return rowTables.map((table) => db.all(`select * from ${table}`));
}

const result = fc.record({
  n: fc.integer({ min: 490, max: 510 }),
  times: fc.integer({ min: 1, max: 12 }),
  over: fc.constantFrom<Partial<Settlement>>(
    {},
    {},
    { state: "submitted" },
    { state: "sent", at: now + 70_000 },
    { try: 2 },
    { segments: 3 },
    { providerId: "theirs" },
    { state: "failed", reason: "unknown_recipient", attempt: { code: "5", words: "no" } },
    { state: "queued", dueAt: now + 5, counts: false },
    { state: "ambiguous", reason: "outcome_unknown", dueAt: now + 9 },
  ),
});

test("whatever ended in whatever order, a run leaves behind what its messages would have", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(result, { maxLength: 12 }), async (found) => {
      const runs = found.map(({ n, times, over }) => settlement(n, { ...over, times }));
      const [first, second] = [await openFlying(520, 508), await openFlying(520, 508)];
      const args = { distribution, lookAt: now + 5_000, resend: { scale: 1 }, now };
      const answers = [
        await first.store.delivery.settle({ ...args, settlements: runs }),
        await second.store.delivery.settle({ ...args, settlements: eachOf(runs) }),
      ];
      expect(answers[0]).toEqual(answers[1]);
      expect(written(first)).toEqual(written(second));
      expect(await first.store.delivery.findings({})).toEqual([]);
    }),
    { numRuns: 40 },
  );
}, 60_000);

const proof = fc.record({
  n: fc.integer({ min: 480, max: 515 }),
  times: fc.integer({ min: 1, max: 30 }),
  over: fc.constantFrom<Partial<Proof>>(
    {},
    {},
    { state: "sent" },
    { state: "read", at: now + 70_000 },
    { gen: 2 },
    { state: "undelivered", reason: "unreachable", words: "no" },
  ),
});

test("whatever is proven together leaves behind what it would have proven alone", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(proof, { maxLength: 8 }), async (found) => {
      const proofs = found.flatMap(({ n, times, over }) =>
        Array.from({ length: times }, (_, index) => aProof(n + index, over)),
      );
      const [together, alone] = [await openFlying(520, 508), await openFlying(520, 508)];
      const accepted = settlement(1, { state: "submitted", times: 495 });
      for (const { store } of [together, alone]) {
        await store.delivery.settle({ distribution, settlements: [accepted], lookAt: now, now });
      }
      const args = { distribution, resend: { scale: 1 }, now };
      const answer = await together.store.delivery.prove({ ...args, proofs });
      const news: number[] = [];
      for (const [at, each] of proofs.entries()) {
        const { applied } = await alone.store.delivery.prove({ ...args, proofs: [each] });
        if (applied > 0) news.push(at);
      }
      const ignored = proofs.length - news.length;
      expect(answer).toEqual({ applied: news.length, ignored, news });
      expect(rowsOf(together)).toEqual(rowsOf(alone));
      expect(await together.store.delivery.findings({})).toEqual([]);
    }),
    { numRuns: 15 },
  );
}, 60_000);

function aProof(n: number, over: Partial<Proof>): Proof {
  const said = {
    gen: 1,
    state: "delivered",
    reason: "none",
    at: now,
    code: "",
    words: "",
  } as const;
  return { n, ...said, ...over };
}

/** All but how often a chunk was written, looks at what nobody waits for, and counters that came back to nothing. */
function rowsOf({ db }: OpenStore): unknown {
  return rowTables.map((table) =>
    db
      .all(`select * from ${table}`)
      .filter((row) => row["n"] !== 0)
      .map((row) => ({ ...row, ver: null, look_at: row["waiting"] === 0 ? null : row["look_at"] })),
  );
}

test("results are taken in the order in which they came, alike neighbours together", () => {
  const results = createResults();
  for (const n of [1, 2, 3, 5, 6, 4]) results.add(settlement(n));
  results.add(settlement(5, { at: now + 1 }));
  const taken = results.take(4);
  expect(taken.map(({ n, times }) => [n, times])).toEqual([
    [1, 3],
    [5, 2],
  ]);
  results.putBack(taken);
  expect(eachOf(results.take(100)).map(({ n }) => n)).toEqual([1, 2, 3, 5, 6, 4, 5]);
  expect(results.isEmpty).toBe(true);
});

test.each(forms)(
  "S4-07 a receipt that comes before the answer, which came %s, leaves its segments to be counted",
  async (_name, form) => {
    const { store, db } = await openSms(12);
    const { delivery } = store;
    const [boot, limit, columns] = ["boot", 12, [] as const];
    await delivery.intent({ distribution: smsDistribution, boot, limit, columns, now });
    const proofs = [
      ...[1, 2, 3].map((n) => aProof(n, {})),
      aProof(4, { state: "undelivered", reason: "unknown_recipient" }),
    ];
    await delivery.prove({ distribution: smsDistribution, proofs, now });
    const settlements = Array.from({ length: 10 }, (_, index) => aSettlement(index + 1));
    await delivery.settle({
      distribution: smsDistribution,
      settlements: form(settlements),
      lookAt: now + 5_000,
      now: now + 1,
    });
    await delivery.advance({
      distribution: smsDistribution,
      rate: 0,
      limitedBy: null,
      now: now + 2,
    });
    expect(await readRollup(store)).toMatchObject({
      states: { delivered: 3, undelivered: 1, submitted: 6, sending: 2 },
      segments: { delivered: 6, undelivered: 2, submitted: 12 },
    });
    const wrong = db.all("select n from message where n <= 10 and segments <> 2");
    expect(wrong).toEqual([]);
    expect(await delivery.findings({})).toEqual([]);
  },
);
