// Receipts that match no message: tried again for a quarter of an hour, then listed and counted.
import { beforeEach, expect, test } from "vitest";
import { createClock, openCore, testKeys, type Clock } from "../../tests/support/delivery/drive.ts";
import { createFakeCarrier, openFake } from "../../tests/support/delivery/fake-carrier.ts";
import {
  accountId,
  campaignId,
  manyContacts,
  openTestStore,
  seedContacts,
  seedDocuments,
  setPhase,
  workspace,
  type OpenStore,
} from "../../tests/support/delivery/world.ts";
import type { Receipt } from "../providers/provider.ts";
import type { Core } from "./core.ts";

const minute = 60_000;
let it: OpenStore;
let clock: Clock;
let core: Core;

beforeEach(async () => {
  it = openTestStore();
  clock = createClock();
  core = openCore({ store: it.store, clock, account: openFake(createFakeCarrier().carrier) });
});

const account = { workspace, accountId };
const keyOf = (n: number): string =>
  testKeys.of({ workspace, campaignId, distribution: 1, n, gen: 1, keyForm: "page" });

function aReceipt(key: string, over: Partial<Receipt> = {}): Receipt {
  return { key, state: "delivered", at: clock.now, reason: "none", code: "", words: "", ...over };
}

const kept = () => it.store.delivery.unmatched({ workspace, limit: 2_000 });
const waiting = async () => (await it.store.admin.waiting({ now: clock.now })).unmatched;

async function goOn(ms: number): Promise<void> {
  for (const until = clock.now + ms; clock.now < until;) {
    clock.now += minute / 2;
    await core.step();
  }
}

test("one that comes before we know of its message takes effect once we do", async () => {
  expect(await core.receive(account, [aReceipt(keyOf(2))])).toBe(0);
  expect(await kept()).toMatchObject([{ key: keyOf(2), said: "delivered", why: "unknown_key" }]);
  expect(await waiting()).toEqual({ waiting: 1, givenUp: 0 });
  seedContacts(it.db, manyContacts(3));
  await seedDocuments(it.store);
  for (let steps = 0; steps < 4; steps++) await core.step();
  await setPhase(it.store, { phase: "paused", pausedFrom: "active", pauseReason: "user" });
  await goOn(2 * minute);
  const row = it.db.get("select state_now as state from standing where n = 2");
  expect(row?.["state"]).toBe(10);
  expect(await kept()).toEqual([]);
});

test("one that never matches is given up after a quarter of an hour, counted and listed", async () => {
  const words = "to ana@example.org at +4915112345678";
  await core.receive(account, [aReceipt("nonsense", { state: "failed", words })]);
  await core.receive(account, [aReceipt("nonsense", { state: "failed", words })]);
  await goOn(10 * minute);
  expect(await waiting()).toEqual({ waiting: 1, givenUp: 0 });
  await goOn(7 * minute);
  expect(await waiting()).toEqual({ waiting: 0, givenUp: 1 });
  const [one, ...more] = await kept();
  expect(more).toEqual([]);
  expect(one).toMatchObject({ accountId, key: "nonsense", said: "failed", n: 2, retryAt: null });
  expect(one?.words).toBe("to •••@••• at •••");
  expect(JSON.stringify(it.db.all("select receipt from unmatched_receipt"))).not.toContain("ana@");
  expect(await it.store.delivery.unmatched({ workspace: "another", limit: 10 })).toEqual([]);
});

test("a flood of them fills nothing: a thousand of an account are kept, all are counted", async () => {
  for (let part = 0; part < 3; part++) {
    const receipts = Array.from({ length: 500 }, (_, n) => aReceipt(`flood ${part} ${n}`));
    await core.receive(account, receipts);
  }
  expect(await kept()).toHaveLength(1_000);
  expect(await waiting()).toEqual({ waiting: 1_000, givenUp: 500 });
  await core.receive({ ...account, accountId: campaignId }, [aReceipt("of another account")]);
  expect(await kept()).toHaveLength(1_001);
});
