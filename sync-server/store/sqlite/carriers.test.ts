/** Counters by carrier and country: whatever is heard, in whatever order, they are those of the rows. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { CarrierCounts } from "#domain/report/rollup.ts";
import { sizeOf } from "#domain/report/carriers.ts";
import {
  aProof,
  aSettlement,
  openSms,
  smsDistribution,
} from "../../../tests/support/delivery/sms-world.ts";
import {
  campaignId,
  openTestStore,
  readRollup,
  seedContacts,
  seedDocuments,
  startOfTime as now,
  workspace,
  type OpenStore,
} from "../../../tests/support/delivery/world.ts";

async function rollupOf({ store }: OpenStore) {
  await store.delivery.advance({ distribution: smsDistribution, rate: 0, now });
  return readRollup(store);
}

function sizes(rows: readonly CarrierCounts[] = []): Readonly<Record<string, number>> {
  return Object.fromEntries(rows.map((row) => [`${row.country} ${row.carrier}`, sizeOf(row, "n")]));
}

test("S4-06 who is frozen counts for the carrier and the country of their number", async () => {
  const opened = await openSms(40);
  const rollup = await rollupOf(opened);
  expect(sizes(rollup?.carriers)).toEqual({
    "DE T-Mobile": 10,
    "DE Vodafone": 10,
    "GB O2": 10,
    "US null": 10,
  });
  // Two segments each, written or not.
  expect(rollup?.carriers?.map((row) => sizeOf(row, "segments"))).toEqual([20, 20, 20, 20]);
  expect(await opened.store.delivery.findings({})).toEqual([]);
  await opened.store.close();
});

test("S4-06 a receipt that names the carrier is believed over the number's range, each time", async () => {
  const opened = await openSms(40);
  const { delivery } = opened.store;
  await delivery.intent({
    distribution: smsDistribution,
    boot: "boot",
    limit: 100,
    columns: [],
    now,
  });
  await delivery.settle({
    distribution: smsDistribution,
    settlements: [aSettlement(1, { times: 40 })],
    lookAt: now + 5_000,
    now,
  });
  const proofs = [
    aProof(1, { carrier: "Lebara" }),
    // Said twice, in other letters and with nothing new: it is one carrier.
    aProof(1, { carrier: "LEBARA " }),
    aProof(4, { carrier: "Verizon", state: "sent" }),
    aProof(4, { carrier: "AT&T", state: "undelivered", reason: "carrier_rejected" }),
    aProof(8, { carrier: "" }),
  ];
  await delivery.prove({ distribution: smsDistribution, proofs, now });
  const rollup = await rollupOf(opened);
  expect(sizes(rollup?.carriers)).toEqual({
    "DE T-Mobile": 9,
    "DE Lebara": 1,
    "DE Vodafone": 10,
    "GB O2": 10,
    "US null": 9,
    "US AT&T": 1,
  });
  const refused = rollup?.carriers?.find(({ carrier }) => carrier === "AT&T");
  expect(refused?.counts).toEqual([
    { state: "undelivered", reason: "carrier_rejected", n: 1, segments: 2 },
  ]);
  expect(await delivery.findings({})).toEqual([]);
  await opened.store.close();
});

test("E-mail is not counted by carrier", async () => {
  const opened = openTestStore();
  seedContacts(opened.db, [{}, {}]);
  await seedDocuments(opened.store);
  const { delivery } = opened.store;
  await delivery.launch({ workspace, campaignId, keyed: ["sandbox"], now });
  await delivery.freeze({ distribution: smsDistribution, batch: 5_000, now });
  await delivery.intent({
    distribution: smsDistribution,
    boot: "boot",
    limit: 100,
    columns: [],
    now,
  });
  await delivery.prove({
    distribution: smsDistribution,
    proofs: [aProof(1, { carrier: "Lebara" })],
    now,
  });
  expect(await rollupOf(opened)).not.toHaveProperty("carriers");
  expect(opened.db.all("select * from carrier_tally")).toEqual([]);
  expect(await delivery.findings({})).toEqual([]);
  await opened.store.close();
});

const said = fc.record({
  n: fc.integer({ min: 1, max: 24 }),
  times: fc.integer({ min: 1, max: 8 }),
  state: fc.constantFrom("sent", "delivered", "read", "undelivered"),
  carrier: fc.constantFrom("Lebara", "lebara", "Verizon", "", undefined),
});

test("I-6 after every step the carriers' sums are the campaign's, whatever receipts say", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(said, { maxLength: 12 }),
      fc.integer({ min: 1, max: 24 }),
      async (heard, claimed) => {
        const opened = await openSms(24);
        const { delivery } = opened.store;
        await delivery.intent({
          distribution: smsDistribution,
          boot: "boot",
          limit: claimed,
          columns: [],
          now,
        });
        await delivery.settle({
          distribution: smsDistribution,
          settlements: [aSettlement(1, { times: claimed })],
          lookAt: now + 5_000,
          now,
        });
        for (const { n, times, state, carrier } of heard) {
          const reason = state === "undelivered" ? "unreachable" : "none";
          const named = carrier === undefined ? {} : { carrier };
          const proofs = Array.from({ length: times }, (_, index) =>
            aProof(Math.min(24, n + index), { state, reason, ...named }),
          );
          await delivery.prove({ distribution: smsDistribution, proofs, now });
          expect(await delivery.findings({})).toEqual([]);
        }
        await opened.store.close();
      },
    ),
    { numRuns: 15 },
  );
});
