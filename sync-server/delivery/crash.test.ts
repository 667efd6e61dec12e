/**
 * A power cut at every point of the engine, once at its first and once at a later passing; the
 * next engine begins with the files that the cut left. The provider honours keys: however the engine dies, everybody is reached, nobody twice.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  createFakeCarrier,
  deliveredAtOnce,
  openFake,
} from "../../tests/support/delivery/fake-carrier.ts";
import { createClock, driveUntil, openCore } from "../../tests/support/delivery/drive.ts";
import { mortalFolder, type MortalFolder } from "../../tests/support/delivery/mortal-store.ts";
import {
  manyContacts,
  openTestStore,
  readCampaign,
  readRollup,
  seedContacts,
  seedDocuments,
  setPhase,
} from "../../tests/support/delivery/world.ts";
import type { FaultPoint } from "./carriers.ts";

const people = 620;

/** Passed by every campaign that is sent to its end. */
const usualPoints = [
  "work",
  "recovered",
  "launched",
  "frozen",
  "before intent",
  "intended",
  "before send",
  "sent",
  "before settle",
  "settled",
  "advanced",
] as const satisfies readonly FaultPoint[];

class PowerCut extends Error {}

/** Cuts the power at the nth passing of a point. */
function cutAt(point: FaultPoint, passing: number): (name: FaultPoint) => void {
  let passed = 0;
  return (name) => {
    if (name !== point) return;
    passed += 1;
    if (passed === passing) throw new PowerCut(name);
  };
}

const cases = usualPoints.flatMap((point) => [1, 2, 3].map((passing) => [point, passing] as const));

let folder: MortalFolder;

beforeAll(async () => {
  folder = await mortalFolder(async ({ store, db }) => {
    seedContacts(db, manyContacts(people));
    await seedDocuments(store);
  });
});

afterAll(async () => {
  await folder.remove();
});

test.each(cases)(
  "a power cut %s, passing %i, loses nobody and repeats nothing",
  async (point, passing) => {
    const mortal = await folder.open("here");
    const effects = new Map<string, number>();
    const fake = createFakeCarrier((message) => {
      effects.set(message.key, (effects.get(message.key) ?? 0) + 1);
      return deliveredAtOnce;
    });
    const clock = createClock();
    const account = openFake(fake.carrier);

    const { store } = mortal;
    const first = openCore({ store, clock, account, fault: cutAt(point, passing) });
    let isCut = false;
    try {
      await driveUntil(
        first,
        clock,
        async () => (await readCampaign(store)).phase === "completed",
        60,
      );
    } catch {
      isCut = true;
    }
    first.kill();
    const { store: left } = await mortal.cut();
    expect((await left.delivery.findings({})).filter(({ check }) => check !== "rollup")).toEqual(
      [],
    );

    const second = openCore({ store: left, clock, account });
    await driveUntil(second, clock, async () => (await readCampaign(left)).phase === "completed");
    // Points that are passed once in a campaign's life are not passed a second time.
    if (passing === 1) expect(isCut).toBe(true);
    expect(effects.size).toBe(people);
    expect(await readRollup(left)).toMatchObject({ total: people, states: { delivered: people } });
    expect(await left.delivery.findings({})).toEqual([]);
  },
);

test("what was in flight in a dead engine is repeated under its old key", async () => {
  const { store, db } = openTestStore();
  seedContacts(db, manyContacts(50));
  await seedDocuments(store);
  const fake = createFakeCarrier();
  const clock = createClock();
  const account = openFake(fake.carrier);
  const first = openCore({ store, clock, account, fault: cutAt("before settle", 1) });
  await expect(
    driveUntil(first, clock, async () => (await readCampaign(store)).phase === "completed", 20),
  ).rejects.toThrow("did not get there");
  const keys = fake.calls.map(({ key }) => key);
  expect(keys.length).toBeGreaterThan(0);

  const second = openCore({ store, clock, account });
  await driveUntil(second, clock, async () => (await readCampaign(store)).phase === "completed");
  const repeated = fake.calls.slice(keys.length).map(({ key }) => key);
  expect(repeated).toEqual(expect.arrayContaining(keys));
});

test("what was in flight where no key is honoured is of unknown outcome, and is not sent again", async () => {
  const { store, db } = openTestStore();
  seedContacts(db, manyContacts(50));
  await seedDocuments(store);
  db.transact([
    () =>
      db.run(
        `update document set doc = json_set(doc, '$.provider', 'smtp') where kind = 'account'`,
      ),
  ]);
  const fake = createFakeCarrier();
  const clock = createClock();
  const account = openFake(fake.carrier, { honoursKeys: false });
  const first = openCore({ store, clock, account, fault: cutAt("before settle", 1) });
  await expect(driveUntil(first, clock, () => false, 20)).rejects.toThrow("did not get there");
  const n = fake.calls.length;
  expect(n).toBeGreaterThan(0);

  const second = openCore({ store, clock, account });
  const countsOf = async () => (await readRollup(store))?.reasons ?? [];
  await driveUntil(second, clock, async () => (await countsOf()).length > 0);
  expect(await countsOf()).toMatchObject([{ state: "ambiguous", reason: "outcome_unknown" }]);
  await driveUntil(second, clock, async () => (await readCampaign(store)).phase === "completed");
  expect(await countsOf()).toMatchObject([{ state: "unconfirmed", reason: "outcome_unknown" }]);
  expect(new Set(fake.calls.map(({ to }) => to)).size).toBe(fake.calls.length);
});

test("many power cuts in a row with the same messages in flight give none of them up", async () => {
  const { store, db } = openTestStore();
  seedContacts(db, manyContacts(30));
  await seedDocuments(store);
  const fake = createFakeCarrier();
  const clock = createClock();
  const account = openFake(fake.carrier);
  for (let cut = 0; cut < 12; cut++) {
    const core = openCore({ store, clock, account, fault: cutAt("intended", 1) });
    await expect(driveUntil(core, clock, () => false, 10)).rejects.toThrow("did not get there");
  }
  expect(fake.calls).toHaveLength(0);
  const last = openCore({ store, clock, account });
  await driveUntil(last, clock, async () => (await readCampaign(store)).phase === "completed");
  expect((await readRollup(store))?.states.delivered).toBe(30);
});

test("a power cut while canceling leaves nobody open", async () => {
  const { store, db } = openTestStore();
  seedContacts(db, manyContacts(people));
  await seedDocuments(store);
  const clock = createClock();
  const fake = createFakeCarrier();
  const account = openFake(fake.carrier, { limits: { perSecond: 50, concurrency: 5 } });
  const first = openCore({ store, clock, account, fault: cutAt("canceled", 1) });
  await driveUntil(first, clock, () => fake.calls.length > 20);
  await setPhase(store, { phase: "canceled", completedAt: clock.now });
  await expect(driveUntil(first, clock, () => false, 20)).rejects.toThrow("canceled");

  const second = openCore({ store, clock, account });
  const isDone = async (): Promise<boolean> =>
    (await store.delivery.work({ now: clock.now })).open.length === 0;
  await driveUntil(second, clock, isDone);
  const states = (await readRollup(store))?.states;
  expect((states?.delivered ?? 0) + (states?.canceled ?? 0) + (states?.unconfirmed ?? 0)).toBe(
    people,
  );
  expect(await store.delivery.findings({})).toEqual([]);
});
