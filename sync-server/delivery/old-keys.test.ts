/** Providers that remember a key for some time only: an older one is as good as none. */
import { afterEach, expect, test } from "vitest";
import type { Account } from "#domain/campaign/account.ts";
import { hourMs, minuteMs } from "#domain/core/time.ts";
import {
  createClock,
  driveUntil,
  openCore,
  type Clock,
  type DriveOptions,
} from "../../tests/support/delivery/drive.ts";
import {
  createFakeCarrier,
  deliveredAtOnce,
  openFake,
} from "../../tests/support/delivery/fake-carrier.ts";
import {
  aCampaign,
  accountId,
  anAccount,
  manyContacts,
  openTestStore,
  readCampaign,
  readRollup,
  seedContacts,
  seedDocuments,
  setPhase,
  workspace,
  type OpenStore,
} from "../../tests/support/delivery/world.ts";
import type { Core } from "./core.ts";

const retentionMs = 24 * hourMs;
const unknown = { outcome: "unknown", reason: "provider_timeout", code: "", words: "" } as const;

interface World extends OpenStore {
  readonly clock: Clock;
  readonly core: Core;
  readonly fake: ReturnType<typeof createFakeCarrier>;
  readonly start: (more?: Partial<DriveOptions>) => Core;
}

let opened: OpenStore[] = [];
afterEach(async () => {
  await Promise.all(opened.map(({ store }) => store.close()));
  opened = [];
});

/** One recipient; what the first calls came to nobody knows. */
async function inDoubt(stored: Partial<Account> = {}, lost = 1): Promise<World> {
  const { store, db } = openTestStore();
  opened.push({ store, db });
  seedContacts(db, manyContacts(1));
  await seedDocuments(store, { campaign: aCampaign(), account: anAccount(stored) });
  const fake = createFakeCarrier((_, call) => (call <= lost ? unknown : deliveredAtOnce));
  const clock = createClock();
  const { resolveWindowMs } = stored;
  const account = openFake(fake.carrier, {
    receipts: "push",
    ...(typeof resolveWindowMs === "number" ? { resolveWindowMs } : {}),
  });
  const start = (more: Partial<DriveOptions> = {}): Core =>
    openCore({ store, clock, account, keyRetentions: { sandbox: retentionMs }, ...more });
  return { store, db, clock, fake, start, core: start() };
}

const stateOf = ({ db }: World) => Number(db.get("select state_now from standing")?.["state_now"]);
const ambiguous = 2;

/** The campaign stands still from right after the first call until so much later. */
async function pausedFor(world: World, ms: number): Promise<void> {
  const { core, clock, store } = world;
  await driveUntil(core, clock, () => stateOf(world) === ambiguous);
  await setPhase(store, { phase: "paused", pausedFrom: "active" });
  clock.now += ms;
  await setPhase(store, { phase: "active", pausedFrom: null });
}

async function isCompleted({ store }: World): Promise<boolean> {
  return (await readCampaign(store)).phase === "completed";
}

const complete = (world: World, core = world.core): Promise<void> =>
  driveUntil(core, world.clock, () => isCompleted(world));

test("a key that its provider still remembers is repeated, and acts once", async () => {
  const world = await inDoubt();
  await pausedFor(world, retentionMs - 2 * minuteMs);
  await complete(world);
  expect(world.fake.calls).toHaveLength(2);
  expect(new Set(world.fake.calls.map(({ key }) => key)).size).toBe(1);
  expect((await readRollup(world.store))?.states).toMatchObject({ delivered: 1 });
  expect(marksOf(world)).not.toContain("duplicate_risk");
});

test("an older one is not: the message stays unconfirmed until a person sends it again", async () => {
  const world = await inDoubt();
  await pausedFor(world, 2 * retentionMs);
  await complete(world);
  expect(world.fake.calls).toHaveLength(1);
  expect((await readRollup(world.store))?.reasons).toEqual([
    { state: "unconfirmed", reason: "outcome_unknown", n: 1 },
  ]);
});

test("where the account says resend it goes out again, and says that somebody may have it twice", async () => {
  const world = await inDoubt({ onUnknown: "resend" });
  await pausedFor(world, 2 * retentionMs);
  await complete(world);
  expect(world.fake.calls).toHaveLength(2);
  expect((await readRollup(world.store))?.states).toMatchObject({ delivered: 1 });
  expect(marksOf(world)).toContain("duplicate_risk");
});

test("before that, proof is waited for, as long as the account says", async () => {
  const resolveWindowMs = 3 * hourMs;
  const world = await inDoubt({ onUnknown: "resend", resolveWindowMs });
  const startedAt = world.clock.now;
  await pausedFor(world, retentionMs + hourMs);
  await complete(world);
  expect(world.fake.calls).toHaveLength(2);
  const forgottenAt = startedAt + retentionMs - minuteMs;
  expect(world.clock.now).toBeGreaterThanOrEqual(forgottenAt + resolveWindowMs);
  expect(world.clock.now).toBeLessThan(forgottenAt + resolveWindowMs + hourMs);
});

test("an unknown outcome of such a repeat waits for proof again, and not for a quick repeat", async () => {
  const world = await inDoubt({ onUnknown: "resend" }, 2);
  await pausedFor(world, 2 * retentionMs);
  const resumedAt = world.clock.now;
  await driveUntil(world.core, world.clock, () => world.fake.calls.length === 3);
  expect(world.clock.now - resumedAt).toBeGreaterThanOrEqual(10 * minuteMs);
});

test("what a dead engine had in flight is as old as its claim: proof still counts after the start", async () => {
  const world = await inDoubt();
  const first = world.start({
    fault: (point) => {
      if (point === "before settle") throw new Error("power cut");
    },
  });
  await expect(driveUntil(first, world.clock, () => false, 20)).rejects.toThrow(
    "did not get there",
  );
  expect(world.fake.calls).toHaveLength(1);
  world.clock.now += 2 * retentionMs;

  const second = world.start();
  await driveUntil(second, world.clock, () => stateOf(world) === ambiguous);
  const startedAt = world.clock.now;
  const [call] = world.fake.calls;
  const receipt = {
    state: "delivered",
    at: startedAt,
    reason: "none",
    code: "",
    words: "",
  } as const;
  await second.receive({ workspace, accountId }, [{ key: call?.key ?? "", ...receipt }]);
  await complete(world, second);
  expect(world.fake.calls).toHaveLength(1);
  expect((await readRollup(world.store))?.states).toMatchObject({ delivered: 1 });
});

test("without proof it is given up after the time for it, and is not repeated", async () => {
  const world = await inDoubt();
  const first = world.start({
    fault: (point) => {
      if (point === "before settle") throw new Error("power cut");
    },
  });
  await expect(driveUntil(first, world.clock, () => false, 20)).rejects.toThrow(
    "did not get there",
  );
  world.clock.now += 2 * retentionMs;
  const startedAt = world.clock.now;
  await complete(world, world.start());
  expect(world.clock.now - startedAt).toBeGreaterThanOrEqual(10 * minuteMs);
  expect(world.fake.calls).toHaveLength(1);
  expect((await readRollup(world.store))?.states).toMatchObject({ unconfirmed: 1 });
});

test("S3-33 a person sends it again all the same", async () => {
  const world = await inDoubt();
  await pausedFor(world, 2 * retentionMs);
  await complete(world);
  const { store } = world;
  const picks = [{ state: "unconfirmed", reason: "outcome_unknown" }] as const;
  const retry = { picks, at: world.clock.now, n: 1 };
  await setPhase(store, { phase: "active", completedAt: null, run: 2, retry });
  await driveUntil(world.core, world.clock, () => world.fake.calls.length === 2);
  await complete(world);
  expect((await readRollup(store))?.states).toMatchObject({ delivered: 1 });
  expect(marksOf(world)).toContain("duplicate_risk");
});

function marksOf({ db }: World): readonly string[] {
  return db.all("select mark from message_mark").map((row) => String(row["mark"]));
}
