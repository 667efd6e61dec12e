/** Rows of one carrier: the same as a look at every row, and no others are read for them. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { isCarrier } from "#domain/report/carrier-name.ts";
import {
  aProof,
  aSettlement,
  openSms,
  smsDistribution as distribution,
} from "../../../tests/support/delivery/sms-world.ts";
import {
  campaignId,
  manyContacts,
  openTestStore,
  seedContacts,
  seedDocuments,
  startOfTime as now,
  workspace,
  type OpenStore,
} from "../../../tests/support/delivery/world.ts";
import type { ReportRow, RowFilter } from "../report-store.ts";

const everything: RowFilter = {
  states: [],
  reasons: [],
  carrier: null,
  edition: null,
  q: null,
  inAddress: true,
};

/** Some wait, some are in flight, and of the others each kind of end, with receipts that name carriers. */
async function openMixed(): Promise<OpenStore> {
  const opened = await openSms(60);
  const { delivery } = opened.store;
  await delivery.intent({ distribution, boot: "boot", limit: 50, columns: [], now });
  const refused = { state: "failed", reason: "unknown_recipient" } as const;
  await delivery.settle({
    distribution,
    settlements: [
      aSettlement(1, { times: 30 }),
      ...[31, 32, 33, 34, 35, 36].map((n) => aSettlement(n, refused)),
    ],
    lookAt: now + 5_000,
    now,
  });
  const proofs = [1, 2, 3, 4, 5, 6, 7, 8].flatMap((n) => [
    aProof(n, { carrier: n % 2 === 0 ? "Lebara" : "" }),
  ]);
  const rejected = { state: "undelivered", reason: "carrier_rejected" } as const;
  proofs.push(aProof(9, rejected), aProof(10, { ...rejected, carrier: "lebara" }));
  await delivery.prove({ distribution, proofs, now });
  return opened;
}

async function allRows({ store }: OpenStore, filter: RowFilter, limit: number) {
  const found: ReportRow[] = [];
  for (let after = 0; ;) {
    const rows = await store.reports.rows({ workspace, campaignId, filter, after, limit });
    found.push(...rows);
    if (rows.length < limit) return found;
    after = rows.at(-1)?.n ?? Infinity;
  }
}

function fits(row: ReportRow, { states, reasons, carrier, q }: RowFilter): boolean {
  return (
    (states.length === 0 || states.includes(row.state)) &&
    (reasons.length === 0 || reasons.includes(row.reason)) &&
    (carrier === null || isCarrier(row.carrier, carrier)) &&
    (q === null || row.name.includes(q) || row.address.includes(q))
  );
}

const filters = fc.record({
  states: fc.subarray(["queued", "sending", "submitted", "delivered", "failed", "undelivered"]),
  reasons: fc.constantFrom([], [], ["unknown_recipient"], ["carrier_rejected", "none"]),
  carrier: fc.constantFrom("T-Mobile", "vodafone", "Lebara", "O2", "unknown", "Nobody's", null),
  edition: fc.constant(null),
  q: fc.constantFrom(null, null, "1", "Name2"),
  inAddress: fc.constant(true),
}) satisfies fc.Arbitrary<RowFilter>;

test("S4-06 S1-20 the rows of a carrier are those that a look at every row finds, page by page, and as many as are told", async () => {
  const opened = await openMixed();
  const all = await allRows(opened, everything, 100);
  expect(new Set(all.map(({ state }) => state)).size).toBe(6);
  await fc.assert(
    fc.asyncProperty(filters, fc.integer({ min: 1, max: 40 }), async (filter, limit) => {
      const wanted = all.filter((row) => fits(row, filter));
      expect(await allRows(opened, filter, limit)).toEqual(wanted);
      const counted = await opened.store.reports.countRows({ workspace, campaignId, filter });
      expect(counted).toBe(wanted.length);
    }),
    { numRuns: 300 },
  );
  await opened.store.close();
});

test("where carriers are not counted nobody knows any", async () => {
  const opened = openTestStore();
  seedContacts(opened.db, manyContacts(3));
  await seedDocuments(opened.store);
  const { delivery } = opened.store;
  await delivery.launch({ workspace, campaignId, keyed: ["sandbox"], now });
  await delivery.freeze({ distribution, batch: 5_000, now });
  expect(await allRows(opened, { ...everything, carrier: "unknown" }, 2)).toHaveLength(3);
  expect(await allRows(opened, { ...everything, carrier: "O2" }, 2)).toEqual([]);
  await opened.store.close();
});

test("no list of one carrier's messages reads the rows of others", () => {
  const { db } = openTestStore();
  const plan = db.all(
    `explain query plan select s.n from standing s where ws = 1 and distribution = 1
        and s.carrier = ? and s.carrier <> 0 and s.n > ? order by s.n limit 5`,
    3,
    0,
  );
  const text = plan.map(({ detail }) => String(detail)).join("\n");
  expect(text).toMatch(
    /SEARCH message USING .*INDEX message_carrier \(ws=\? AND distribution=\? AND carrier=\? AND n>\?\)/,
  );
  expect(text).not.toContain("TEMP B-TREE");
  db.close();
});
