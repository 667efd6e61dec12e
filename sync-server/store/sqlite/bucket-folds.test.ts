// Old counts over time: from minutes to hours to days, with nothing lost on the way.
import { beforeEach, describe, expect, test } from "vitest";
import { createClock, driveUntil, openCore } from "../../../tests/support/delivery/drive.ts";
import { createFakeCarrier, openFake } from "../../../tests/support/delivery/fake-carrier.ts";
import {
  campaignId,
  manyContacts,
  openTestStore,
  readCampaign,
  readRollup,
  seedContacts,
  seedDocuments,
  startOfTime,
  workspace,
  type OpenStore,
} from "../../../tests/support/delivery/world.ts";
import { dayMs, hourMs, minuteMs } from "#domain/core/time.ts";
import { stateCodes } from "#domain/message/state.ts";

let it: OpenStore;

beforeEach(() => {
  it = openTestStore();
});

const now = startOfTime + 400 * dayMs;
const sum = (table: string): number =>
  Number(it.db.get(`select coalesce(sum(n), 0) as n from ${table}`)?.["n"]);

/** One message every 7 minutes, from `ageMs` ago on. */
function fillFrom(ageMs: number): number {
  let filled = 0;
  it.db.transact([
    () => {
      for (let at = now - ageMs; at < now; at += 7 * minuteMs) {
        it.db.run("insert into bucket values (1, 1, ?, ?, 1)", at, stateCodes.submitted);
        if (filled % 3 === 0)
          it.db.run("insert into mark_bucket values (1, 1, 'recovered', ?, 1)", at);
        it.db.run("insert into fallback_bucket values (1, 1, 0, ?, '3', 1)", at);
        filled += 1;
      }
    },
  ]);
  return filled;
}

async function foldAll(limit = 500): Promise<number> {
  let folded = 0;
  for (;;) {
    const part = await it.store.delivery.fold({ now, limit });
    folded += part;
    expect(part).toBeLessThanOrEqual(limit);
    if (part < limit) return folded;
  }
}

describe("folding", () => {
  test("keeps two days of minutes, ninety days of hours, and days for ever", async () => {
    const filled = fillFrom(120 * dayMs);
    const marked = sum("mark_bucket");
    await foldAll();
    expect(sum("bucket") + sum("bucket_fold")).toBe(filled);
    expect(sum("mark_bucket") + sum("mark_fold")).toBe(marked);
    // What went by a second channel is told in the same spans.
    expect(sum("fallback_bucket")).toBe(filled);
    const spans = "select distinct span, at from";
    expect(it.db.all(`${spans} fallback_bucket where span > 0 order by span, at`)).toEqual(
      it.db.all(`${spans} bucket_fold order by span, at`),
    );
    const kept = it.db.all(
      "select span, min(at) as first, max(at) as last, count(*) as n from bucket_fold group by span",
    );
    const [hours, days] = kept;
    expect(kept.map(({ span }) => span)).toEqual([hourMs, dayMs]);
    expect(Number(hours?.["first"])).toBeGreaterThanOrEqual(now - 91 * dayMs);
    expect(Number(hours?.["last"])).toBeLessThan(now - 2 * dayMs);
    expect(Number(days?.["last"])).toBeLessThan(now - 90 * dayMs);
    const young = it.db.get("select min(minute) as first from bucket");
    expect(Number(young?.["first"])).toBeGreaterThanOrEqual(now - 2 * dayMs - hourMs);
    expect(await foldAll()).toBe(0);
  });

  test("comes to the same whatever the parts, and with what arrives late", async () => {
    const filled = fillFrom(100 * dayMs);
    await foldAll(7);
    const inParts = it.db.all("select * from bucket_fold");
    // A receipt of long ago, and one taken back.
    const old = now - 95 * dayMs - ((now - 95 * dayMs) % minuteMs);
    it.db.run("insert into bucket values (1, 1, ?, ?, 5)", old, stateCodes.submitted);
    it.db.run("insert into bucket values (1, 1, ?, ?, -5)", old + minuteMs, stateCodes.submitted);
    await foldAll();
    expect(it.db.all("select * from bucket_fold")).toEqual(inParts);
    expect(sum("bucket") + sum("bucket_fold")).toBe(filled);
  });
});

test("the engine folds by itself; counters, course and doctor stay right", async () => {
  seedContacts(it.db, manyContacts(30));
  await seedDocuments(it.store);
  const clock = createClock(startOfTime + 7_300);
  const core = openCore({ store: it.store, clock, account: openFake(createFakeCarrier().carrier) });
  const isOver = async (): Promise<boolean> => (await readCampaign(it.store)).phase === "completed";
  await driveUntil(core, clock, isOver);
  const shown = await readRollup(it.store);
  expect(shown?.spanMs).toBe(5_000);
  expect(sum("bucket")).toBeGreaterThan(0);

  clock.now += 3 * dayMs;
  await core.step();
  expect([sum("bucket"), sum("bucket_fold") > 0]).toEqual([0, true]);
  clock.now += 120 * dayMs;
  await core.step();
  expect(it.db.all("select distinct span from bucket_fold")).toEqual([{ span: dayMs }]);
  expect(await it.store.delivery.findings({})).toEqual([]);
  // What devices have of a campaign that is over stays as fine as it was.
  const report = await it.store.reports.report({ workspace, campaignId, now: clock.now });
  expect(report?.rollup).toEqual({ ...shown, at: clock.now, rate: 0 });
});

test("the doctor tells of counts over time that were lost", async () => {
  seedContacts(it.db, manyContacts(5));
  await seedDocuments(it.store);
  const clock = createClock();
  const core = openCore({ store: it.store, clock, account: openFake(createFakeCarrier().carrier) });
  await driveUntil(core, clock, async () => (await readCampaign(it.store)).phase === "completed");
  it.db.run("delete from bucket");
  const findings = await it.store.delivery.findings({});
  expect(findings.map(({ check }) => check)).toContain("series");
});

test("I-6 the hours of a campaign add up to its days and to its counters, however old they are", async () => {
  seedContacts(it.db, manyContacts(30));
  await seedDocuments(it.store);
  const clock = createClock(startOfTime + 7_300);
  const core = openCore({ store: it.store, clock, account: openFake(createFakeCarrier().carrier) });
  const isOver = async (): Promise<boolean> => (await readCampaign(it.store)).phase === "completed";
  await driveUntil(core, clock, isOver);
  // Opened over three weeks: an open every seven hours.
  for (let n = 0; n < 72; n++) {
    const minute = Math.floor((startOfTime + n * 7 * hourMs) / minuteMs) * minuteMs;
    it.db.run("insert into bucket values (1, 1, ?, ?, 1)", minute, stateCodes.read);
  }
  for (const days of [0, 3, 30, 100, 200]) {
    clock.now = startOfTime + (21 + days) * dayMs;
    await it.store.delivery.fold({ now: clock.now, limit: 5_000 });
    const told = await it.store.reports.hours({ workspace, campaignId, now: clock.now });
    const spans = told?.spans ?? [];
    const total = (state: "delivered" | "read" | "submitted", of = spans): number =>
      of.reduce((n, { entered }) => n + (entered[state] ?? 0), 0);
    const byDay = new Map<number, number>();
    for (const { at, entered } of spans) {
      const day = Math.floor(at / dayMs);
      byDay.set(day, (byDay.get(day) ?? 0) + (entered.read ?? 0));
    }
    expect([total("submitted"), total("delivered")], `${days} days`).toEqual([30, 30]);
    expect([...byDay.values()].reduce((all, n) => all + n, 0)).toBe(72);
    expect(byDay.get(Math.floor(startOfTime / dayMs) + 1)).toBe(4);
    expect(told?.rollup).toMatchObject({ total: 30, states: { delivered: 30 } });
    const hasHours = spans.some(({ spanMs }) => spanMs === hourMs);
    expect(hasHours, `${days} days`).toBe(days < 100);
    expect(spans.every(({ at, spanMs }) => at % spanMs === 0)).toBe(true);
  }
});
