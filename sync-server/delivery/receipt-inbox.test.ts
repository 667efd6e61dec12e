// Receipts that come faster than they are merged: kept in the order in which they came, merged later,
// bounded, and never forgotten by a doubt that waits for them.
import { afterEach, beforeEach, expect, test } from "vitest";
import { minuteMs } from "#domain/core/time.ts";
import {
  createClock,
  driveUntil,
  openCore,
  settleDown,
  testKeys,
  type Clock,
} from "../../tests/support/delivery/drive.ts";
import {
  accepted,
  createFakeCarrier,
  openFake,
  type FakeAccount,
} from "../../tests/support/delivery/fake-carrier.ts";
import {
  aCampaign,
  accountId,
  anAccount,
  campaignId,
  manyContacts,
  openTestStore,
  readRollup,
  seedContacts,
  seedDocuments,
  setPhase,
  workspace,
  type OpenStore,
} from "../../tests/support/delivery/world.ts";
import type { Carrier, Outcome, Receipt } from "../providers/provider.ts";
import { eraseFromInbox } from "../store/sqlite/receipt-inbox.ts";
import { StoreError } from "../store/store.ts";
import type { Core } from "./core.ts";
import { createReceiptInbox } from "./receipt-inbox.ts";

const account = { workspace, accountId };
const unknown = { outcome: "unknown", reason: "provider_timeout", code: "", words: "" } as const;

let it: OpenStore;
let clock: Clock;

beforeEach(() => {
  it = openTestStore();
  clock = createClock();
});

afterEach(() => it.store.close());

function aReceipt(key: string, over: Partial<Receipt> = {}): Receipt {
  return { key, state: "delivered", at: clock.now, reason: "none", code: "", words: "", ...over };
}

const keyOf = (n: number): string =>
  testKeys.of({ workspace, campaignId, distribution: 1, n, gen: 1, keyForm: "page" });

async function seed(people: number): Promise<void> {
  seedContacts(it.db, manyContacts(people));
  const stored = anAccount({ provider: "smtp", onUnknown: "resend" });
  await seedDocuments(it.store, { campaign: aCampaign(), account: stored });
}

function start(carrier: Carrier, over: FakeAccount = {}, inboxBytes?: number): Core {
  const opened = openFake(carrier, { receipts: "push", receiptWindowMs: 600 * minuteMs, ...over });
  const options = { store: it.store, clock, account: opened };
  return openCore(inboxBytes === undefined ? options : { ...options, inboxBytes });
}

const refuse = () => Promise.reject(new StoreError("full", "there is no room"));
const states = async () => (await readRollup(it.store))?.states;
const waiting = async () => (await it.store.admin.waiting({ now: clock.now })).inbox;
const inState = (code: number) =>
  Number(it.db.get("select count(*) as n from standing where state_now = ?", code)?.["n"]);
const [ambiguous, submitted, delivered] = [2, 3, 10];

test("receipts that were kept outlive the process, and the next step merges them", async () => {
  await seed(5);
  const { carrier } = createFakeCarrier(() => accepted);
  const core = start(carrier);
  await driveUntil(core, clock, () => inState(submitted) === 5);
  expect(
    await core.keep(
      account,
      [1, 2, 3].map((n) => aReceipt(keyOf(n))),
    ),
  ).toBe("kept");
  expect(await core.keep(account, [aReceipt(keyOf(4))])).toBe("kept");
  expect(core.isBehind()).toBe(true);
  const came = clock.now;
  expect(await waiting()).toMatchObject({ receipts: 4, firstAt: came });
  expect((await waiting()).bytes).toBeGreaterThan(100);
  expect(inState(delivered)).toBe(0);
  core.kill();

  const next = start(carrier);
  expect(next.isBehind()).toBe(false);
  await next.step();
  expect(inState(delivered)).toBe(4);
  expect(await waiting()).toEqual({ receipts: 0, bytes: 0, firstAt: null });
  await next.step();
  expect(next.isBehind()).toBe(false);
  expect(await it.store.delivery.findings({})).toEqual([]);
});

test("above the limit nothing more is kept, and there is room again once it was merged", async () => {
  await seed(3);
  const { carrier } = createFakeCarrier(() => accepted);
  const core = start(carrier, {}, 400);
  await driveUntil(core, clock, () => inState(submitted) === 3);
  expect(await core.keep(account, [aReceipt(keyOf(1)), aReceipt(keyOf(2))])).toBe("kept");
  expect(await core.keep(account, [aReceipt(keyOf(3)), aReceipt("x")])).toBe("full");
  expect(await waiting()).toMatchObject({ receipts: 2 });
  await core.step();
  expect(await core.keep(account, [aReceipt(keyOf(3))])).toBe("kept");
  await core.step();
  expect(inState(delivered)).toBe(3);
});

test("a doubt is not sent again while receipts wait that may settle it", async () => {
  await seed(1);
  const fake = createFakeCarrier(() => unknown);
  const core = start(fake.carrier, { honoursKeys: false });
  await driveUntil(core, clock, () => inState(ambiguous) === 1);
  // More than one step merges come before the one that settles it.
  const others = Array.from({ length: 2_000 }, (_, n) => aReceipt(`other ${n}`));
  await core.keep(account, others);
  await core.keep(account, [aReceipt(keyOf(1))]);
  clock.now += 60 * minuteMs;
  await core.step();
  expect(await waiting()).toMatchObject({ receipts: 1 });
  expect(inState(ambiguous)).toBe(1);
  await core.step();
  expect(await states()).toMatchObject({ ambiguous: 0 });
  expect(inState(delivered)).toBe(1);
  expect(fake.calls).toHaveLength(1);
});

test("while receipts cannot be merged, no call begins of a campaign that was paused meanwhile", async () => {
  await seed(10);
  const answers: (() => void)[] = [];
  const answer = () =>
    new Promise<Outcome>((resolve) => {
      answers.push(() => resolve(accepted));
    });
  const fake = createFakeCarrier(answer);
  const store = { ...it.store, delivery: { ...it.store.delivery, prove: refuse } };
  const opened = openFake(fake.carrier, { receipts: "push", limits: { concurrency: 2 } });
  const core = openCore({ store, clock, account: opened });
  await driveUntil(core, clock, () => fake.calls.length === 2);
  await core.keep(account, [aReceipt(keyOf(1))]);
  await setPhase(it.store, { phase: "paused", pauseReason: "user" });
  await core.step();
  for (const end of answers.splice(0)) end();
  await settleDown();
  expect(fake.calls).toHaveLength(2);
});

test("they are merged in the order in which they came, neighbours of one account together", async () => {
  const merged: unknown[] = [];
  const inbox = createReceiptInbox({
    store: it.store,
    clock: () => clock.now,
    point: () => undefined,
    merge: async ({ accountId: of }, receipts, came) => {
      merged.push([of, receipts.map(({ key }) => key).join(""), came]);
    },
    isFatal: () => true,
    giveUp: async () => undefined,
    mostBytes: 1e6,
  });
  const began = clock.now;
  for (const [of, key] of [
    ["a", "1"],
    ["a", "2"],
    ["b", "3"],
    ["a", "4"],
  ] as const) {
    clock.now += 1;
    await inbox.keep({ workspace, accountId: of }, [aReceipt(key)]);
  }
  expect(inbox.isHolding()).toBe(true);
  expect(await inbox.drain()).toBe(true);
  expect(merged).toEqual([
    ["a", "12", began + 2],
    ["b", "3", began + 3],
    ["a", "4", began + 4],
  ]);
  expect(await inbox.drain()).toBe(false);
  expect(inbox.isHolding()).toBe(false);
});

test("what could not be merged waits for the next time", async () => {
  let isBroken = true;
  let merged = 0;
  const inbox = createReceiptInbox({
    store: it.store,
    clock: () => clock.now,
    point: () => undefined,
    merge: async (_account, receipts) => {
      if (isBroken) throw new Error("the disk is full");
      merged += receipts.length;
    },
    isFatal: () => true,
    giveUp: async () => undefined,
    mostBytes: 1e6,
  });
  await inbox.keep(account, [aReceipt("1")]);
  await expect(inbox.drain()).rejects.toThrow("the disk is full");
  expect(inbox.isHolding()).toBe(true);
  isBroken = false;
  expect(await inbox.drain()).toBe(true);
  expect(merged).toBe(1);
});

test("what can never be merged is listed, and keeps nothing else waiting", async () => {
  await seed(3);
  const core = start(createFakeCarrier(() => accepted).carrier);
  await driveUntil(core, clock, () => inState(submitted) === 3);
  const timeless = aReceipt(keyOf(2), { at: Number.NaN });
  await core.keep(account, [aReceipt(keyOf(1)), timeless, aReceipt(keyOf(3))]);
  await core.step();
  expect(inState(delivered)).toBe(2);
  expect(it.db.get("select count(*) as n from receipt_inbox")?.["n"]).toBe(0);
  const items = await it.store.delivery.unmatched({ workspace, limit: 10 });
  expect(items).toMatchObject([{ key: keyOf(2), why: "unknown_value" }]);
});

test("a name that is erased is not looked for in what JSON makes of a text", async () => {
  await seed(1);
  const core = start(createFakeCarrier(() => accepted).carrier);
  await core.keep(account, [aReceipt("1", { words: "to:\nfoo@example.org refused" })]);
  eraseFromInbox(it.db, workspace, "nfoo@example.org");
  const left = JSON.parse(String(it.db.get("select receipts from receipt_inbox")?.["receipts"]));
  expect(left).toMatchObject([{ words: "to:\nfoo@example.org refused" }]);
  await core.step();
});

test("who is erased is taken out of what waits, too, and its size stays right", async () => {
  await seed(2);
  const { carrier } = createFakeCarrier(() => accepted);
  const core = start(carrier);
  await driveUntil(core, clock, () => inState(submitted) === 2);
  const words = "550 person1@example.org: no such user";
  const failed = { state: "undelivered", reason: "unknown_recipient", words } as const;
  await core.keep(account, [aReceipt(keyOf(1), failed)]);
  const id = String(
    it.db.get("select id from contact where email = 'person1@example.org'")?.["id"],
  );
  const messages = await it.store.contacts.messagesOf({ workspace, id });
  await it.store.contacts.eraseContact({ workspace, id, messages, by: null, now: clock.now });
  const left = String(it.db.get("select receipts from receipt_inbox")?.["receipts"]);
  expect(left).toContain("no such user");
  expect(left).not.toContain("person1@");
  const told = (await it.store.admin.doctor({})).filter(({ check }) => check === "inbox");
  expect(told).toEqual([]);
  await core.step();
  expect(JSON.stringify(it.db.all("select words from attempt"))).not.toContain("person1@");
});

test("the doctor counts what waits", async () => {
  const core = start(createFakeCarrier().carrier);
  await core.keep(account, [aReceipt("1")]);
  expect(await it.store.admin.doctor({})).toEqual([]);
  it.db.run("update receipt_inbox_size set receipts = 7");
  expect(await it.store.admin.doctor({})).toMatchObject([{ check: "inbox" }]);
});
