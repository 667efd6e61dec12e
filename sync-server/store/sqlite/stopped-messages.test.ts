/** Pages of messages that did not arrive: the same rows as a look at every message, without one. */
import { beforeEach, expect, test } from "vitest";
import { reasonCode, type Reason } from "#domain/message/reason.ts";
import { stateCodes, type MessageState } from "#domain/message/state.ts";
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
import { isStopped } from "./indexed.ts";

let it: OpenStore;

/** What became of message n: most were delivered, some failed for one of three reasons. */
function fateOf(n: number): readonly [MessageState, Reason] {
  if (n % 31 === 0) return ["undelivered", "carrier_rejected"];
  if (n % 17 === 0) return ["failed", "spam_filtered"];
  if (n % 11 === 0) return ["failed", "unknown_recipient"];
  if (n % 13 === 0) return ["skipped", "no_consent"];
  return ["delivered", "none"];
}

beforeEach(async () => {
  it = openTestStore();
  seedContacts(it.db, manyContacts(1_000));
  await seedDocuments(it.store);
  await it.store.delivery.launch({ workspace, campaignId, keyed: ["sandbox"], now });
  await it.store.delivery.freeze({ distribution: 1, batch: 5_000, now });
  it.db.run("delete from tally");
  for (let n = 1; n <= 1_000; n++) {
    const [state, reason] = fateOf(n);
    const codes = [stateCodes[state], reasonCode(reason)];
    it.db.run("update message set state = ?, reason = ? where n = ?", ...codes, n);
    it.db.run(
      `insert into tally (ws, distribution, state, reason, n, segments) values (1, 1, ?, ?, 1, 1)
        on conflict do update set n = n + 1, segments = segments + 1`,
      ...codes,
    );
  }
});

function numbersOf(states: readonly MessageState[], why: readonly Reason[]): number[] {
  return Array.from({ length: 1_000 }, (_, index) => index + 1).filter((n) => {
    const [state, reason] = fateOf(n);
    return (
      (states.length === 0 || states.includes(state)) && (why.length === 0 || why.includes(reason))
    );
  });
}

async function pages(states: readonly MessageState[], why: readonly Reason[], q: string | null) {
  const found: number[] = [];
  const filter = { states, reasons: why, carrier: null, edition: null, q, inAddress: true };
  for (let after = 0; ;) {
    const rows = await it.store.reports.rows({ workspace, campaignId, filter, after, limit: 7 });
    found.push(...rows.map(({ n }) => n));
    expect(rows.every((row) => row.state === fateOf(row.n)[0])).toBe(true);
    if (rows.length < 7) return found;
    after = rows.at(-1)?.n ?? Infinity;
  }
}

test.each<readonly [readonly MessageState[], readonly Reason[]]>([
  [["failed"], []],
  [["failed", "undelivered"], []],
  [
    ["failed", "undelivered", "skipped"],
    ["spam_filtered", "no_consent"],
  ],
  [[], ["carrier_rejected", "unknown_recipient"]],
  [["failed", "delivered"], []],
  [["skipped"], ["carrier_rejected"]],
])("%j for %j: every row once, in order, over all pages", async (states, why) => {
  expect(await pages(states, why, null)).toEqual(numbersOf(states, why));
});

test("a search within them finds those of the name alone", async () => {
  const wanted = numbersOf(["failed"], []).filter((n) => String(n).includes("7"));
  expect(await pages(["failed"], [], "person7")).toEqual(
    wanted.filter((n) => String(n).startsWith("7")),
  );
});

test("what carriers blocked is listed page by page, over campaigns", async () => {
  const found: number[] = [];
  const asked = { workspace, from: -Infinity, to: Infinity, type: null, carrier: null };
  const why = ["carrier_rejected", "spam_filtered"] as const;
  for (let after = null; ;) {
    const rows: readonly { readonly n: number; readonly distribution: number }[] =
      await it.store.reports.stopped({ ...asked, reasons: why, after, limit: 10 });
    found.push(...rows.map(({ n }) => n));
    const last = rows.at(-1);
    if (rows.length < 10 || last === undefined) break;
    after = { distribution: last.distribution, n: last.n };
  }
  expect(found).toEqual(numbersOf(["failed", "undelivered"], why));
});

test("no list of who did not arrive reads the rows of others", () => {
  const plan = it.db.all(
    `explain query plan select m.n from message m indexed by message_stopped
      where m.ws = 1 and m.distribution = 1 and m.reason = 5 and ${isStopped} and m.n > 0
      order by m.n limit 5`,
  );
  const text = plan.map(({ detail }) => String(detail)).join("\n");
  expect(text).toMatch(
    /SEARCH m USING .*INDEX message_stopped \(ws=\? AND distribution=\? AND reason=\? AND n>\?\)/,
  );
  expect(text).not.toContain("TEMP B-TREE");
});
