/** What a campaign of two channels was for its recipients counts for each channel that it went by. */
import { expect, test } from "vitest";
import { aFallingCampaign, refusedFor } from "../../tests/support/delivery/fallen.ts";
import { deliveredAtOnce } from "../../tests/support/delivery/fake-carrier.ts";
import { driveUntil } from "../../tests/support/delivery/drive.ts";
import { readCampaign } from "../../tests/support/delivery/world.ts";

const phoneOf = (n: number): string => `+4915${10_000_000 + n}`;
const mailOf = (n: number): string => `person${n}@example.org`;

test("S4-13 who is missed or reached by the second channel is so there, and was missed by the first one before", async () => {
  const { clock, core, db, store } = await aFallingCampaign({
    contacts: [{}, {}, {}, { email: null }],
    // A sandbox's messages say nothing of people.
    stored: { provider: "webhook" },
    storedSms: { provider: "webhook" },
    email: ({ to }) => (to === mailOf(3) ? deliveredAtOnce : refusedFor("not_capable")),
    sms: ({ to }) => (to === phoneOf(2) ? refusedFor("not_capable") : deliveredAtOnce),
  });
  const noted = () =>
    driveUntil(core, clock, async () => {
      const { unnoted } = await store.delivery.work({ now: clock.now });
      return (await readCampaign(store)).phase === "completed" && unnoted.length === 0;
    });
  const told = (table: "outcome" | "reached") =>
    db
      .all(`select channel, address from ${table} order by 1, 2`)
      .map(({ channel, address }) => [channel, address]);
  await noted();
  expect(told("outcome")).toEqual([
    ["email", mailOf(1)],
    ["email", mailOf(2)],
    ["sms", phoneOf(2)],
  ]);
  expect(told("reached")).toEqual([
    ["email", mailOf(3)],
    ["sms", phoneOf(1)],
    ["sms", phoneOf(4)],
  ]);

  // The e-mail arrived after all.
  const late = { gen: 1, state: "delivered", reason: "none", code: "", words: "" } as const;
  const proofs = [2].map((n) => ({ ...late, n, at: clock.now }));
  await store.delivery.prove({ distribution: 1, proofs, now: clock.now });
  await noted();
  expect(told("outcome")).toEqual([["email", mailOf(1)]]);
  expect(told("reached")).toContainEqual(["email", mailOf(2)]);
});

test("where one of the two accounts is simulated the other one's messages count", async () => {
  const { clock, core, db, store } = await aFallingCampaign({
    contacts: [{}, { email: null }],
    storedSms: { provider: "webhook" },
  });
  await driveUntil(core, clock, async () => {
    const { unnoted } = await store.delivery.work({ now: clock.now });
    return (await readCampaign(store)).phase === "completed" && unnoted.length === 0;
  });
  expect(db.all("select channel, address from reached")).toEqual([
    { channel: "sms", address: phoneOf(2) },
  ]);
});
