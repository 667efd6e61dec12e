// What messages cost is counted as they are taken: in the same transaction as their rows.
import { expect, test } from "vitest";
import type { Campaign } from "#domain/campaign/campaign.ts";
import type { Price } from "#domain/campaign/account.ts";
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

async function aWorld(price: Price | null, answer: (call: number, message: Outgoing) => Outcome) {
  const { store, db } = openTestStore();
  seedContacts(db, manyContacts(10));
  const content: Campaign["content"] = { subject: "", text: twoSegments, html: "" };
  const campaign = aCampaign({ type: "sms", content });
  const account = anAccount({ channel: "sms", price });
  await seedDocuments(store, { campaign, account });
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
  return { db, run, tell };
}

test("S3-33 the pre-flight says the cost that the campaign then has", async () => {
  const { run, tell } = await aWorld(euro, () => deliveredAtOnce);
  const cost = { currency: "EUR", amount: 1.5, units: 20 };
  expect(await tell()).toMatchObject({ segments: 20, cost });
  expect(await run()).toMatchObject({ cost });
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
