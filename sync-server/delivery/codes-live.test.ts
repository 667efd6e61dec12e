// Unique codes of campaigns that stay live: each run, and each entry, takes codes of its own.
import { expect, test } from "vitest";
import {
  codeContent,
  codesOfTwo,
  codeTroubles,
  countsOf,
  poolId,
  seedPool,
} from "../../tests/support/delivery/code-world.ts";
import { driveUntil } from "../../tests/support/delivery/drive.ts";
import { openLiveWorld } from "../../tests/support/delivery/live-world.ts";
import {
  aCampaign,
  campaignId,
  manyContacts,
  readCampaign,
  readRollup,
  seedDocuments,
  workspace,
} from "../../tests/support/delivery/world.ts";

const coded = { content: codeContent, codePoolId: poolId } as const;

test("I-11 each run of a recurring campaign gives everybody a new code", async () => {
  const { store, db, fake, core, clock } = await openLiveWorld({
    contacts: manyContacts(5),
    campaign: {
      ...coded,
      phase: "active",
      schedule: {
        at: Date.UTC(2026, 10, 22, 9),
        wall: "2026-11-22T09:00",
        zone: "UTC",
        ifLate: "hold",
        repeat: { from: "2026-11-22T09:00", every: "day", interval: 1, times: 2 },
      },
    },
  });
  await seedPool(store, 12);
  await driveUntil(core, clock, async () => {
    const all = await store.sync.list({ workspace, kind: "campaign" });
    return all.length === 3 && all.every(({ phase }) => phase === "completed");
  });
  expect(new Set(fake.calls.map(({ content }) => content.text)).size).toBe(10);
  expect(await countsOf(store)).toMatchObject({ left: 2, published: 10 });
  expect(codeTroubles(db)).toEqual([]);
});

test("S0-D1 who enters gets a code when it is their turn; with none left they are skipped, and a code in a trigger brings them in", async () => {
  const trigger = {
    kind: "event",
    event: "order_paid",
    delayMinutes: 0,
    againAfterHours: 0,
  } as const;
  const world = await openLiveWorld({
    contacts: manyContacts(3),
    campaign: { ...coded, trigger },
  });
  const { store, db, fake, core, clock } = world;
  await seedPool(store, 2);
  await world.goLive();
  expect(await countsOf(store)).toMatchObject({ left: 2, reserved: 0 });
  for (const n of [1, 2, 3]) {
    await world.happen(`e${n}`, { contact: { email: `person${n}@example.org` } });
  }
  await driveUntil(core, clock, async () => (await readRollup(store))?.states.skipped === 1);
  await driveUntil(core, clock, () => world.delivered(2));
  expect(await readRollup(store)).toMatchObject({
    reasons: [{ state: "skipped", reason: "no_code_left", n: 1 }],
    codes: { published: 2 },
  });
  expect(codesOfTwo(fake.calls)).toEqual([]);
  expect(codeTroubles(db)).toEqual([]);
});

test("S0-D1 the redemption of a code brings its recipient into the campaign that waits for it, once", async () => {
  const world = await openLiveWorld({
    contacts: manyContacts(3),
    campaign: {
      content: { subject: "Thanks", text: "{{ event.code }}", html: "" },
      trigger: {
        kind: "redeemed",
        code: null,
        campaignId: campaignId.replace("c1", "c2"),
        delayMinutes: 0,
        againAfterHours: null,
      },
    },
  });
  const { store, db, fake, core, clock } = world;
  await seedPool(store, 3);
  await world.goLive();
  const id = campaignId.replace("c1", "c2");
  await seedDocuments(store, { campaign: aCampaign({ ...coded, id }) });
  await driveUntil(core, clock, async () => (await readCampaign(store, id)).phase === "completed");
  const [first] = fake.calls;
  const code = first?.content.text ?? "";
  const facts = { workspace, poolId, code, by: "message", at: clock.now, properties: {} } as const;
  const use = (key: string) => store.codes.redeem({ ...facts, key, now: clock.now });
  expect(await use("1")).toMatchObject({ outcome: "redeemed", entered: [campaignId] });
  expect(await use("1")).toMatchObject({ outcome: "repeated", entered: [campaignId] });
  await driveUntil(core, clock, () => fake.calls.length === 4);
  expect(fake.calls.at(-1)).toMatchObject({ to: first?.to, content: { text: code } });
  expect(codeTroubles(db)).toEqual([]);
});
