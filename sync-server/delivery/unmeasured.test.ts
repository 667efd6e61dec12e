// How long a text was is told by the end of its call. Where that never came, it is found out all the same.
import { expect, test } from "vitest";
import type { Campaign } from "#domain/campaign/campaign.ts";
import {
  createClock,
  driveUntil,
  openCore,
  settleDown,
} from "../../tests/support/delivery/drive.ts";
import {
  accepted,
  createFakeCarrier,
  openFake,
  type FakeAccount,
} from "../../tests/support/delivery/fake-carrier.ts";
import {
  accountId,
  aCampaign,
  anAccount,
  openTestStore,
  readCampaign,
  readRollup,
  seedContacts,
  seedDocuments,
  workspace,
} from "../../tests/support/delivery/world.ts";
import type { Outcome, Outgoing, Receipt } from "../providers/provider.ts";
import type { EngineDeps } from "./carriers.ts";

const people = 30;
/** After so many results it has as many in flight as it may. */
const firsts = 10;
/** Half of them have names that make their text a segment longer. */
const contacts = Array.from({ length: people }, (_, n) => ({
  firstName: n % 2 === 0 ? "Al" : "A".repeat(60),
}));
const text = `{{ first_name }} ${"x".repeat(140)}`;
const units = people / 2 + people;

const silent: FakeAccount = { honoursKeys: false, receipts: "push", resolveWindowMs: 3_600_000 };

function aReceipt({ key }: Outgoing, over: Partial<Receipt> = {}): Receipt {
  return { key, state: "delivered", reason: "none", at: 0, code: "", words: "", ...over };
}

async function aWorld(answer: () => Outcome | Promise<Outcome> = () => accepted) {
  const { store, db } = openTestStore();
  seedContacts(db, contacts);
  const content: Campaign["content"] = { subject: "", text, html: "" };
  const price = { currency: "EUR", perUnit: 0.05 };
  await seedDocuments(store, {
    campaign: aCampaign({ type: "sms", content }),
    account: anAccount({ channel: "sms", price, provider: "smtp" }),
  });
  const clock = createClock();
  const fake = createFakeCarrier((_, call) => (call <= firsts ? accepted : answer()));
  const account = openFake(fake.carrier, silent);
  const boot = (fault?: EngineDeps["fault"]) =>
    openCore({ store, clock, account, ...(fault === undefined ? {} : { fault }) });
  const tell = (core: ReturnType<typeof boot>, receipts: readonly Receipt[]) =>
    core.receive(
      { workspace, accountId },
      receipts.map((receipt) => ({ ...receipt, at: clock.now })),
    );
  /** And everything about it is counted, and shown. */
  const isOver = async () => {
    if ((await readCampaign(store)).phase !== "completed") return false;
    const { open } = await store.delivery.work({ now: clock.now });
    return open.length === 0 && db.get("select 1 from unmeasured") === undefined;
  };
  return { store, db, clock, fake, boot, tell, isOver };
}

type World = Awaited<ReturnType<typeof aWorld>>;

/** What the rows, the counters, the costs and the month say. */
async function sums({ store, db }: Pick<World, "store" | "db">) {
  const rollup = await readRollup(store);
  const { segments } = rollup ?? {};
  return {
    segments: Object.values(segments ?? {}).reduce((all, each) => all + each, 0),
    cost: rollup?.cost?.units,
    month: db.get("select sum(units) as n from spend")?.["n"],
    findings: await store.delivery.findings({}),
  };
}

const right = { segments: units, cost: units, month: units, findings: [] };

/** Dies with the last results on their way to the disk. */
function dieAtEnd({ fake }: Pick<World, "fake">): EngineDeps["fault"] {
  return (name) => {
    if (name === "before settle" && fake.calls.length > firsts) throw new Error("power cut");
  };
}

test("S4-07 what only a receipt resolves after a crash counts, and costs, all its segments", async () => {
  const world = await aWorld();
  const { boot, clock, fake, isOver, tell } = world;
  const first = boot(dieAtEnd(world));
  await driveUntil(first, clock, () => fake.calls.length > firsts, 300);
  first.kill();
  const second = boot();
  await driveUntil(second, clock, () => fake.calls.length === people);
  await tell(
    second,
    fake.calls.map((call) => aReceipt(call)),
  );
  await driveUntil(second, clock, isOver);
  expect(fake.calls).toHaveLength(people);
  expect(await sums(world)).toEqual(right);
});

test("S4-07 a receipt whose message's answer is lost with a crash leaves its segments to be counted", async () => {
  const world = await aWorld(() => new Promise<Outcome>(() => undefined));
  const { boot, clock, fake, isOver, tell } = world;
  const first = boot();
  await driveUntil(first, clock, () => fake.calls.length === people, 300);
  await tell(
    first,
    fake.calls.map((call) => aReceipt(call)),
  );
  first.kill();
  const second = boot();
  await driveUntil(second, clock, isOver);
  expect(await sums(world)).toEqual(right);
});

test("S4-07 a doubt that was given up counts the segments that may have gone", async () => {
  const world = await aWorld();
  const { boot, clock, fake, isOver } = world;
  const first = boot(dieAtEnd(world));
  await driveUntil(first, clock, () => fake.calls.length > firsts, 300);
  first.kill();
  const second = boot();
  await driveUntil(second, clock, isOver);
  expect((await readRollup(world.store))?.states).toMatchObject({ unconfirmed: people });
  expect(await sums(world)).toEqual(right);
});

test("S4-07 a receipt that refuses a message before its answer leaves what it cost to be counted", async () => {
  const answers: (() => void)[] = [];
  const world = await aWorld(
    () =>
      new Promise<Outcome>((resolve) => {
        answers.push(() => resolve(accepted));
      }),
  );
  const { boot, clock, fake, isOver, tell } = world;
  const core = boot();
  await driveUntil(core, clock, () => fake.calls.length === people, 300);
  await tell(
    core,
    fake.calls.map((call) => aReceipt(call, { state: "undelivered", reason: "unreachable" })),
  );
  for (const answer of answers.splice(0)) answer();
  await settleDown();
  await driveUntil(core, clock, () => fake.calls.length === 2 * people);
  for (const answer of answers) answer();
  await settleDown();
  await core.step();
  await tell(
    core,
    fake.calls.slice(people).map((call) => aReceipt(call)),
  );
  await driveUntil(core, clock, isOver);
  expect(await sums(world)).toEqual({ ...right, cost: 2 * units, month: 2 * units });
});
