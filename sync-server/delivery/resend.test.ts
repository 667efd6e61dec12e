import { expect, test } from "vitest";
import type { Campaign } from "#domain/campaign/campaign.ts";
import { hourMs, minuteMs } from "#domain/core/time.ts";
import type { Reason } from "#domain/message/reason.ts";
import { createClock, driveUntil, openCore } from "../../tests/support/delivery/drive.ts";
import {
  accepted,
  createFakeCarrier,
  openFake,
} from "../../tests/support/delivery/fake-carrier.ts";
import {
  accountId,
  aCampaign,
  campaignId,
  manyContacts,
  openTestStore,
  readCampaign,
  readRollup,
  seedContacts,
  seedDocuments,
  setPhase,
  startOfTime,
  workspace,
} from "../../tests/support/delivery/world.ts";
import { toDeferred } from "./outcome.ts";
import type { Receipt } from "../providers/provider.ts";

/** A campaign to one person over a provider that tells later what became of each send. */
async function toOnePerson() {
  const { store, db } = openTestStore();
  seedContacts(db, manyContacts(1));
  await seedDocuments(store, { campaign: aCampaign() });
  const fake = createFakeCarrier(() => accepted);
  const clock = createClock();
  const account = openFake(fake.carrier, { receipts: "push", receiptWindowMs: 24 * hourMs });
  const core = openCore({ store, clock, account });
  const says = async (send: number, said: Pick<Receipt, "state" | "reason">): Promise<void> => {
    const key = fake.calls[send - 1]?.key ?? "";
    const receipt = { key, at: clock.now, code: "x", words: "", ...said };
    await core.receive({ workspace, accountId }, [receipt]);
  };
  return {
    store,
    db,
    fake,
    clock,
    core,
    billed: () => Number(db.get("select billed from distribution")?.["billed"]),
    fails: (send: number, reason: Reason) => says(send, { state: "undelivered", reason }),
    arrives: (send: number) => says(send, { state: "delivered", reason: "none" }),
    untilCalls: (calls: number) => driveUntil(core, clock, () => fake.calls.length === calls),
    until: (phase: Campaign["phase"]) =>
      driveUntil(core, clock, async () => (await readCampaign(store)).phase === phase),
  };
}

test("S0-12 S0-13 what failed is sent again under a new key, and counts as recovered only once it arrived", async () => {
  const { store, fake, clock, fails, arrives, untilCalls, until } = await toOnePerson();
  await until("settling");
  await fails(1, "unreachable");
  expect((await readRollup(store))?.marks).toEqual({});
  await until("active");
  const failed = await readRollup(store);
  expect(failed?.states).toMatchObject({ queued: 1 });
  expect(failed?.marks).toEqual({});
  expect(failed?.series.some(({ entered }) => entered.undelivered === 1)).toBe(true);

  await untilCalls(2);
  expect(clock.now - startOfTime).toBeGreaterThanOrEqual(15 * minuteMs);
  expect(fake.calls[1]?.key).not.toBe(fake.calls[0]?.key);
  await until("settling");
  expect((await readRollup(store))?.marks).toEqual({ resent: 1 });

  await arrives(2);
  await until("completed");
  const rollup = await readRollup(store);
  expect(rollup?.states).toMatchObject({ delivered: 1 });
  expect(rollup?.marks).toEqual({ recovered: 1, resent: 1 });
  expect(rollup?.series.find(({ marked }) => marked?.recovered === 1)?.at).toBeGreaterThan(
    startOfTime,
  );
  expect(await store.delivery.findings({})).toEqual([]);
});

test("it is sent three times at most, each of them charged for, and then it stays failed", async () => {
  const { store, fake, fails, billed, untilCalls, until } = await toOnePerson();
  for (let send = 1; send <= 3; send++) {
    await untilCalls(send);
    await until("settling");
    await fails(send, "unreachable");
  }
  await until("completed");
  expect(fake.calls).toHaveLength(3);
  expect(billed()).toBe(3);
  expect((await readRollup(store))?.reasons).toEqual([
    { state: "undelivered", reason: "unreachable", n: 1 },
  ]);
  expect(await store.delivery.findings({})).toEqual([]);
});

test("the proof that the first send arrived after all ends the wait for the second, which costs nothing", async () => {
  const { store, fake, fails, arrives, billed, until } = await toOnePerson();
  await until("settling");
  await fails(1, "unreachable");
  await until("active");
  await arrives(1);
  await until("completed");
  expect(fake.calls).toHaveLength(1);
  expect(billed()).toBe(1);
  const rollup = await readRollup(store);
  expect(rollup?.states).toMatchObject({ delivered: 1 });
  expect(rollup?.marks).toEqual({ recovered: 1 });
  const told = await store.reports.message({ workspace, campaignId, n: 1 });
  expect(told).toMatchObject({ state: "delivered", sends: 1 });
  expect(await store.delivery.findings({})).toEqual([]);
});

test("a second send is told of, and marks its message, once it was begun: not while it is planned or held back", async () => {
  const { store, db, core, clock, fails, until } = await toOnePerson();
  const told = () => store.reports.message({ workspace, campaignId, n: 1 });
  expect(await told()).toBeNull();
  await until("settling");
  expect(await told()).toMatchObject({ sends: 1, marks: [] });
  await fails(1, "unreachable");
  expect(await told()).toMatchObject({ state: "queued", gen: 2, sends: 1, marks: [] });
  // A call that was never made puts its message back: nothing was sent again.
  const seq = Number(db.get("select seq from distribution")?.["seq"]);
  const now = clock.now + hourMs;
  const intent = { distribution: seq, boot: "b", limit: 1, columns: [], now };
  await until("active");
  core.kill();
  const { messages } = await store.delivery.intent(intent);
  expect(await told()).toMatchObject({ state: "sending", sends: 2, marks: [] });
  const [message] = messages;
  if (message === undefined) throw new Error("nobody's turn came");
  const settlements = [toDeferred(message, now, now)];
  await store.delivery.settle({ distribution: seq, settlements, lookAt: null, now });
  expect(await told()).toMatchObject({ state: "queued", sends: 1, marks: [] });
  expect(await store.delivery.findings({})).toEqual([]);
});

test.each(["unknown_recipient", "opted_out", "spam_filtered"] as const)(
  "%s is not sent again by itself",
  async (reason) => {
    const { fake, fails, until } = await toOnePerson();
    await until("settling");
    await fails(1, reason);
    await until("completed");
    expect(fake.calls).toHaveLength(1);
  },
);

test("a failure that is told after the campaign was canceled is not sent again", async () => {
  const { store, fake, clock, core, fails, until } = await toOnePerson();
  await until("settling");
  await setPhase(store, { phase: "canceled", completedAt: clock.now });
  await fails(1, "unreachable");
  await driveUntil(core, clock, async () => {
    const { open } = await store.delivery.work({ now: clock.now });
    return open.length === 0;
  });
  expect(fake.calls).toHaveLength(1);
  const report = await store.reports.report({ workspace, campaignId, now: clock.now });
  expect(report?.rollup.states).toMatchObject({ undelivered: 1 });
});
