/** Different contacts who were reached: the kept bits say what the messages say, and are read anew only after a change. */
import { expect, test } from "vitest";
import { hourMs } from "#domain/core/time.ts";
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
import { noteCheckIn } from "./report-check-ins.ts";

const all = { workspace, from: -Infinity, to: Infinity, type: null, carrier: null };
const distribution = 1;
const people = 1_000;

async function openSent(): Promise<OpenStore> {
  const opened = openTestStore();
  seedContacts(opened.db, manyContacts(people));
  await seedDocuments(opened.store);
  const { delivery } = opened.store;
  await delivery.launch({ workspace, campaignId, keyed: ["sandbox"], now });
  await delivery.freeze({ distribution, batch: 5_000, now });
  return opened;
}

/** As if receipts had come: the rows alone matter here. */
function deliver({ db }: OpenStore, where: string): void {
  db.run(`update message set state = 10 where ${where}`);
  db.run("update distribution set ver = ver + 1");
}

async function count({ store: { reports } }: OpenStore, at = now): Promise<number> {
  for (const seq of await reports.staleReach({ ...all, now: at })) {
    await reports.keepReach({ reach: await reports.readReach({ distribution: seq }), now: at });
  }
  return reports.reached(all);
}

test("are counted from bits that say what the messages say, after each change", async () => {
  const opened = await openSent();
  expect(await count(opened)).toBe(0);
  for (const where of ["n % 7 = 1", "n between 300 and 420", "n = 1000"]) {
    deliver(opened, where);
    const row = opened.db.get("select count(distinct contact) as n from message where state = 10");
    expect(await count(opened)).toBe(Number(row?.["n"]));
  }
});

test("of campaigns that did not change no message is read", async () => {
  const opened = await openSent();
  deliver(opened, "n <= 10");
  expect(await opened.store.reports.staleReach({ ...all, now })).toEqual([distribution]);
  expect(await count(opened)).toBe(10);
  expect(await opened.store.reports.staleReach({ ...all, now })).toEqual([]);
  // What is counted does not need the messages any more.
  opened.db.run("delete from message");
  expect(await count(opened)).toBe(10);
});

test("a large campaign that is being sent is read anew once a minute at most", async () => {
  const opened = await openSent();
  opened.db.run("update distribution set total = 1000000");
  deliver(opened, "n <= 10");
  expect(await count(opened)).toBe(10);
  deliver(opened, "n <= 20");
  expect(await count(opened, now + 59_000)).toBe(10);
  expect(await count(opened, now + 61_000)).toBe(20);
});

test("the same contact in two campaigns is one, and each carrier has its own", async () => {
  const opened = await openSent();
  const { db, store } = opened;
  db.run("update distribution set by_carrier = 1");
  db.run("insert into carrier (seq, ws, country, name) values (1, 1, 'DE', 'Lebara')");
  db.run("update message set carrier = 1 where n <= 5");
  deliver(opened, "n <= 30");
  expect(await count(opened)).toBe(30);
  const copied = db.all("select name from pragma_table_info('distribution')").map(nameOf);
  const others = copied.filter((name) => name !== "seq" && name !== "campaign");
  db.run(
    `insert into distribution (seq, campaign, ${others.join(", ")})
      select 2, 'another', ${others.join(", ")} from distribution`,
  );
  const again = await store.reports.readReach({ distribution });
  await store.reports.keepReach({ reach: { ...again, distribution: 2 }, now });
  expect(await store.reports.reached(all)).toBe(30);
  // The channel of this campaign is e-mail: only phones have carriers.
  expect(await store.reports.reached({ ...all, carrier: "Lebara" })).toBe(0);
  db.run("update distribution set channel = 'sms'");
  expect(await store.reports.reached({ ...all, carrier: "lebara" })).toBe(5);
  expect(await store.reports.reached({ ...all, carrier: "unknown" })).toBe(25);
});

function nameOf(row: Readonly<Record<string, unknown>>): string {
  return String(row["name"]);
}

test("a visit counts until 48 hours after the launch, to the millisecond, and for nothing that is triggered", async () => {
  const opened = await openSent();
  const { db, store } = opened;
  deliver(opened, "n <= 10");
  await count(opened);
  const visits = [now - 1, now, now + 48 * hourMs, now + 48 * hourMs + 1];
  const contact = Number(db.get("select contact from message where n = 1")?.["contact"]);
  const other = Number(db.get("select contact from message where n = 11")?.["contact"]);
  for (const at of visits) noteCheckIn(db, { workspace, contact, at });
  noteCheckIn(db, { workspace, contact, at: now });
  noteCheckIn(db, { workspace, contact: other, at: now });
  expect(await store.reports.checkIns(all)).toBe(2);
  db.run(
    "update document set doc = json_set(doc, '$.trigger', json('{}')) where kind = 'campaign'",
  );
  expect(await store.reports.checkIns(all)).toBe(0);
});
