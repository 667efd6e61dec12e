// What receipts teach about an account, over a real store: whatever the order, the repetition and
// the batches in which they are heard, the same is learned, and a person's word counts more.
import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { resolveWindowOf, windowBasisOf, type Account } from "#domain/campaign/account.ts";
import { dayMs, minuteMs, secondMs } from "#domain/core/time.ts";
import { leastReceipts, shortestWindowMs } from "#domain/message/receipt-delay.ts";
import type { DeliveryStore, Proof } from "#server/store/delivery-store.ts";
import {
  aCampaign,
  accountId,
  anAccount,
  campaignId,
  manyContacts,
  openTestStore,
  seedContacts,
  seedDocuments,
  startOfTime,
  workspace,
  type OpenStore,
} from "../support/delivery/world.ts";

const opened: OpenStore[] = [];

afterEach(async () => {
  for (const { store } of opened.splice(0)) await store.close();
});

interface Sent {
  readonly people?: number;
  readonly keyed?: readonly string[];
}

/** A campaign whose messages were all handed over at the start of time. */
async function submitted({ people = 1, keyed = [] }: Sent = {}): Promise<OpenStore> {
  const world = openTestStore();
  opened.push(world);
  const { store, db } = world;
  seedContacts(db, manyContacts(people));
  await seedDocuments(store, { campaign: aCampaign() });
  const account = anAccount({ rev: 2 });
  const own = { workspace, account, rev: 1, sealed: "sealed", by: null, now: startOfTime };
  expect(await store.delivery.saveAccount(own)).toBe("saved");
  const now = startOfTime;
  const { delivery } = store;
  await delivery.launch({ workspace, campaignId, keyed, now });
  await delivery.freeze({ distribution: 1, batch: people + 1, now });
  const { messages } = await delivery.intent({
    distribution: 1,
    boot: "b",
    limit: people,
    columns: [],
    now,
  });
  expect(messages).toHaveLength(people);
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
  await delivery.settle({ distribution: 1, settlements, lookAt: now + dayMs, now });
  return world;
}

function receipt(n: number, state: Proof["state"] = "delivered"): Proof {
  return { n, gen: 1, state, reason: "none", at: startOfTime, code: "", words: "" };
}

function receipts(from: number, n: number): readonly Proof[] {
  return Array.from({ length: n }, (_, index) => receipt(from + index));
}

async function accountOf({ store }: OpenStore) {
  const stored = await store.delivery.account({ workspace, accountId });
  if (stored === null) throw new Error("the account is gone");
  return stored.account;
}

type Proving = Pick<Parameters<DeliveryStore["prove"]>[0], "proofs"> & {
  readonly afterMs: number;
  /** We asked for them. */
  readonly isAsked?: boolean;
};

function hear(
  { store }: OpenStore,
  { proofs, afterMs, isAsked = false }: Proving,
): ReturnType<DeliveryStore["prove"]> {
  const now = startOfTime + afterMs;
  const heard = isAsked ? null : { accountId, at: now };
  return store.delivery.prove({ distribution: 1, proofs, heard, now });
}

test("a window is learned once enough receipts came: twice as long as 99 of 100 took", async () => {
  const world = await submitted({ people: leastReceipts });
  await hear(world, { proofs: receipts(1, leastReceipts - 10), afterMs: 20 * secondMs });
  expect(windowBasisOf(await accountOf(world))).toBe("provider");
  expect(resolveWindowOf(await accountOf(world))).toBe(10 * minuteMs);
  // One in fifty takes long.
  await hear(world, { proofs: receipts(leastReceipts - 9, 10), afterMs: 3 * minuteMs });
  const learned = await accountOf(world);
  expect(windowBasisOf(learned)).toBe("receipts");
  expect(learned.receiptDelay?.receipts).toBe(leastReceipts);
  const windowMs = resolveWindowOf(learned);
  expect(windowMs).toBeGreaterThanOrEqual(6 * minuteMs);
  expect(windowMs).toBeLessThan(6 * minuteMs * 1.2);
  // Its revision is a person's: what they are about to save is not turned away for it.
  expect(learned.rev).toBe(2);
});

test("fast receipts do not make it shorter than what a provider that could not reach us needs", async () => {
  const world = await submitted({ people: leastReceipts });
  await hear(world, { proofs: receipts(1, leastReceipts), afterMs: 3 });
  expect(resolveWindowOf(await accountOf(world))).toBe(shortestWindowMs);
});

test("what a person chose counts more, is kept beside what is learned, and both outlive the other's change", async () => {
  const world = await submitted({ people: leastReceipts });
  const now = startOfTime;
  const chosen = {
    ...(await accountOf(world)),
    rev: 3,
    resolveWindowMs: 45 * minuteMs,
    usualWindowMs: 1,
  };
  const own = { workspace, rev: 2, sealed: null, by: null, now };
  expect(await world.store.delivery.saveAccount({ ...own, account: chosen })).toBe("saved");
  await hear(world, { proofs: receipts(1, leastReceipts), afterMs: minuteMs });
  const learned = await accountOf(world);
  expect(resolveWindowOf(learned)).toBe(45 * minuteMs);
  expect(windowBasisOf(learned)).toBe("person");
  expect(learned.receiptDelay).toMatchObject({ receipts: leastReceipts });
  // As whoever has the older state on their screen saves it.
  const free = { ...chosen, rev: 4, resolveWindowMs: null };
  await world.store.delivery.saveAccount({ ...own, rev: 3, account: free });
  expect(windowBasisOf(await accountOf(world))).toBe("receipts");
});

test("what repeats, moves nothing, was asked for, or is settled by a key teaches nothing", async () => {
  const world = await submitted({ people: leastReceipts });
  const proofs = receipts(1, leastReceipts - 1);
  await hear(world, { proofs, afterMs: secondMs });
  await hear(world, { proofs, afterMs: dayMs });
  await hear(world, { proofs: proofs.map(({ n }) => receipt(n, "read")), afterMs: dayMs });
  await hear(world, { proofs: receipts(leastReceipts, 1), afterMs: dayMs, isAsked: true });
  expect((await accountOf(world)).receiptDelay ?? null).toBeNull();
  const keyed = await submitted({ people: leastReceipts, keyed: ["sandbox"] });
  await hear(keyed, { proofs: receipts(1, leastReceipts), afterMs: secondMs });
  expect((await accountOf(keyed)).receiptDelay ?? null).toBeNull();
  expect(keyed.db.all("select * from receipt_delay")).toEqual([]);
});

test("any order, repetition and batching of receipts teaches the same", async () => {
  const people = 30;
  const heardOf = async (batches: readonly (readonly Proof[])[], afterMs: number) => {
    const world = await submitted({ people });
    for (const proofs of batches) await hear(world, { proofs, afterMs });
    return world.db.all("select recent, before, told_p99 from receipt_delay");
  };
  const all = receipts(1, people);
  const story = fc.record({
    again: fc.shuffledSubarray([...all, ...all], { minLength: people * 2 }),
    size: fc.integer({ min: 1, max: 7 }),
    afterMs: fc.integer({ min: 0, max: 2 * dayMs }),
  });
  await fc.assert(
    fc.asyncProperty(story, async ({ again, size, afterMs }) => {
      const batches: Proof[][] = [];
      for (let i = 0; i < again.length; i += size) batches.push(again.slice(i, i + size));
      expect(await heardOf(batches, afterMs)).toEqual(await heardOf([all], afterMs));
    }),
    { numRuns: 15 },
  );
}, 120_000);

test("who removes the account removes what it taught, and late receipts teach nobody", async () => {
  const world = await submitted({ people: 4 });
  await hear(world, { proofs: receipts(1, 2), afterMs: secondMs });
  expect(world.db.all("select account from receipt_delay")).toHaveLength(1);
  await seedDocuments(world.store, { campaign: aCampaign({ phase: "completed" }) });
  const removed = { workspace, accountId, by: null, now: startOfTime };
  expect(await world.store.delivery.removeAccount(removed)).toBe("removed");
  await hear(world, { proofs: receipts(3, 2), afterMs: secondMs });
  expect(world.db.all("select account from receipt_delay")).toEqual([]);
});

test("accounts of before are told what is usual, and only another time than that is a person's", async () => {
  const world = openTestStore();
  opened.push(world);
  const { delivery } = world.store;
  const store = async (id: string, account: Partial<Account>) => {
    const own = { workspace, account: anAccount({ id, ...account }), rev: null, by: null };
    await delivery.saveAccount({ ...own, sealed: "sealed", now: startOfTime });
  };
  const usual = 30 * minuteMs;
  const ids = ["a1", "a2", "a3", "a4", "a5"].map((end) => accountId.replace("a1", end));
  const [same = "", tenMinutes = "", silent = "", told = "", gone = ""] = ids;
  await store(same, { resolveWindowMs: usual });
  await store(tenMinutes, { resolveWindowMs: 10 * minuteMs });
  await store(silent, {});
  await store(told, { resolveWindowMs: usual, usualWindowMs: usual });
  await store(gone, { provider: "gone", resolveWindowMs: usual });
  for (let starts = 0; starts < 2; starts++) {
    await delivery.tellUsualWindows({ windowMs: { sandbox: usual }, now: startOfTime });
  }
  const windowOf = async (id: string) => {
    const account = (await delivery.account({ workspace, accountId: id }))?.account ?? null;
    return [resolveWindowOf(account), account === null ? null : windowBasisOf(account)];
  };
  expect(await windowOf(same)).toEqual([usual, "provider"]);
  expect(await windowOf(tenMinutes)).toEqual([10 * minuteMs, "person"]);
  expect(await windowOf(silent)).toEqual([usual, "provider"]);
  expect(await windowOf(told)).toEqual([usual, "person"]);
  // Its provider's file is not here, so nobody can tell.
  expect(await windowOf(gone)).toEqual([usual, "person"]);
});
