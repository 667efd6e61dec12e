// What messages cost is counted as they are taken: in the same transaction as their rows.
import { expect, test } from "vitest";
import type { Campaign } from "#domain/campaign/campaign.ts";
import type { Price } from "#domain/campaign/price.ts";
import { createClock, driveUntil, openCore } from "../../tests/support/delivery/drive.ts";
import {
  createFakeCarrier,
  deliveredAtOnce,
  openFake,
} from "../../tests/support/delivery/fake-carrier.ts";
import {
  aCampaign,
  anAccount,
  anAudience,
  campaignId,
  manyContacts,
  openTestStore,
  readCampaign,
  readRollup,
  seedContacts,
  seedDocuments,
  workspace,
} from "../../tests/support/delivery/world.ts";
import type { Outcome, Outgoing } from "../providers/provider.ts";
import { preflight } from "./preflight.ts";
import { openTemplates } from "./templates.ts";

const euro: Price = { currency: "EUR", perUnit: 0.075 };
const twoSegments = "x".repeat(200);

async function aWorld(
  price: Price | null,
  answer: (call: number, message: Outgoing) => Outcome,
  text = twoSegments,
) {
  const { store, db } = openTestStore();
  seedContacts(db, manyContacts(10));
  const content: Campaign["content"] = { subject: "", text, html: "" };
  const campaign = aCampaign({ type: "sms", content });
  const account = anAccount({ channel: "sms", price });
  await seedDocuments(store, { campaign, account });
  const frozen = async () => {
    const now = clock.now;
    await store.delivery.launch({ workspace, campaignId, keyed: ["sandbox"], now });
    await store.delivery.freeze({ distribution: 1, batch: 100, now });
    return (await store.reports.report({ workspace, campaignId, now }))?.rollup;
  };
  const clock = createClock();
  const fake = createFakeCarrier((message, call) => answer(call, message));
  const run = async () => {
    const core = openCore({ store, clock, account: openFake(fake.carrier) });
    await driveUntil(
      core,
      clock,
      async () => (await readCampaign(store)).phase === "completed",
      20_000,
    );
    return readRollup(store);
  };
  const tell = () =>
    preflight(
      {
        store,
        templates: openTemplates(),
        leaveUrl: "https://x.example/l",
        clock: () => clock.now,
      },
      { workspace, campaign, account, rule: anAudience().rule },
    );
  return { db, store, frozen, run, tell };
}

test("S3-33 the pre-flight says the cost that the campaign then has", async () => {
  const { run, tell } = await aWorld(euro, () => deliveredAtOnce);
  const cost = { currency: "EUR", amount: 1.5, units: 20 };
  expect(await tell()).toMatchObject({ segments: 20, cost });
  expect(await run()).toMatchObject({ cost });
});

test("S4-22 where numbers begin with a prefix its price counts, beforehand, in the counters and for the doctor", async () => {
  const rates = [
    { prefix: "+49", perUnit: 0.01 },
    { prefix: "+491599", perUnit: 1 },
  ];
  const { db, store, run, tell } = await aWorld({ ...euro, rates }, () => deliveredAtOnce);
  db.transact([
    () => db.run("update contact set phone = '+841234567' where seq = 4"),
    () => db.run("update contact set phone = '+491599123456' where seq = 5"),
  ]);
  // Two segments each: eight German numbers, one Vietnamese at the usual price, one of the long prefix.
  const cost = { currency: "EUR", amount: 2 * (8 * 0.01 + 0.075 + 1), units: 20 };
  expect(await tell()).toMatchObject({ segments: 20, cost });
  expect(await run()).toMatchObject({ cost });
  expect(await store.delivery.findings({})).toEqual([]);
  db.transact([() => db.run("update distribution set billed_micros = billed_micros + 7")]);
  expect(await store.delivery.findings({})).toEqual([
    { check: "billed", detail: expect.stringContaining("2310007 millionths are charged for") },
  ]);
});

test("what a campaign cost counts against the month in which it was taken", async () => {
  const { db, store, run } = await aWorld(euro, () => deliveredAtOnce);
  await run();
  const months = db.all("select month, units, micros from spend");
  expect(months).toMatchObject([{ month: 2026 * 12 + 10, units: 20, micros: 1_500_000 }]);
  db.transact([() => db.run("update spend set units = 19")]);
  const [found] = await store.delivery.findings({});
  expect(found?.detail).toMatch(/19 are counted for month 24322, but the rows give 20$/);
});

test("what was refused costs nothing, and what is sent again costs again", async () => {
  const lost = new Set<string>();
  const { run } = await aWorld(euro, (call, { to }) => {
    if (call === 3) return { outcome: "refused", reason: "invalid_address", code: "", words: "" };
    if (call !== 5 || lost.has(to)) return deliveredAtOnce;
    lost.add(to);
    return { outcome: "refused", reason: "unreachable", code: "", words: "" };
  });
  // Nine of ten were taken in the end, each with two segments.
  expect(await run()).toMatchObject({ cost: { amount: 1.35, units: 18 } });
});

test("without a price only segments are told; a later price changes nothing that was launched", async () => {
  const { db, run, tell } = await aWorld(null, () => deliveredAtOnce);
  expect(await tell()).toMatchObject({ segments: 20, cost: null });
  const rollup = await run();
  expect(rollup?.cost ?? null).toBeNull();
  expect(db.get("select billed, price from distribution")).toMatchObject({
    billed: 20,
    price: null,
  });
});

test("what is charged for is counted again from the messages", async () => {
  const { db, store, run } = await aWorld(euro, (call) =>
    call === 3
      ? { outcome: "refused", reason: "invalid_address", code: "", words: "" }
      : deliveredAtOnce,
  );
  await run();
  expect(await store.delivery.findings({})).toEqual([]);
  db.transact([() => db.run("update distribution set billed = billed + 2")]);
  expect(await store.delivery.findings({})).toEqual([
    {
      check: "billed",
      detail: expect.stringMatching(/: 20 are charged for, but the rows give 18$/),
    },
  ]);
});

test("S4-03 who waits counts with the segments that their message will have, and so does who is left out", async () => {
  const { db, frozen, run, store } = await aWorld(euro, () => deliveredAtOnce);
  expect(await frozen()).toMatchObject({ states: { queued: 10 }, segments: { queued: 20 } });
  db.transact([() => db.run("update consent set granted = 0 where contact = 4")]);
  expect(await run()).toMatchObject({ segments: { delivered: 18, skipped: 2 } });
  expect(await store.delivery.findings({})).toEqual([]);
});

test("where texts differ, who waits counts like those that were written, and before by the text alone", async () => {
  const name = `{{ first_name }} ${"x".repeat(155)}`;
  const { db, frozen, run } = await aWorld(euro, () => deliveredAtOnce, name);
  db.transact([
    () => db.run("update contact set first_name = 'Bartholomew'"),
    () => db.run("update consent set granted = 0 where contact in (3, 4)"),
  ]);
  expect(await frozen()).toMatchObject({ segments: { queued: 10 } });
  expect(await run()).toMatchObject({ segments: { delivered: 16, skipped: 4 } });
});
