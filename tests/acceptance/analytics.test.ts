// Performance Analytics over three months of the demo workspace: what a device computes from the
// counters that it pulled is what the server answers, digit for digit.
import { randomUUIDv7 } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { actionsOf } from "#domain/analytics/action.ts";
import { daysAt, openCalendar, timesOf } from "#domain/analytics/calendar.ts";
import { usualStep } from "#domain/analytics/course.ts";
import { analyticsOf, type AnalyticsReport } from "#domain/analytics/report.ts";
import { inScope, wholeScope } from "#domain/analytics/slice.ts";
import { actionsSnapshot, analyticsSnapshot } from "#domain/analytics/snapshot.ts";
import type { Counted } from "#domain/analytics/counted.ts";
import type { Campaign } from "#domain/campaign/campaign.ts";
import type { Id } from "#domain/core/id.ts";
import { datePresets, type DateRange, type Days } from "#domain/report/date-range.ts";
import { isSnapshot } from "#domain/report/snapshot.ts";
import type { Rollup } from "#domain/report/rollup.ts";
import { pullReply, type PullReply } from "#protocol/down.ts";
import { protocolVersion, schemaVersion } from "#protocol/version.ts";
import * as v from "valibot";
import { openTestApp, type Ask, type TestApp } from "../support/test-app.ts";

const zone = "America/New_York";
const calendar = openCalendar(zone);
const now = Date.parse("2026-11-21T10:00:00Z");

let it: TestApp;
let ana: Ask;
let device: readonly Counted[];

beforeAll(async () => {
  it = await openTestApp();
  ana = await it.setUp({ demo: true });
  await writeForDevices(it.store);
  device = await pulled(ana);
}, 60_000);

afterAll(() => it.close());

/** The engine, which does not run here, writes the counters for devices a little after their rows. */
async function writeForDevices({ delivery }: TestApp["store"]): Promise<void> {
  const { open } = await delivery.work({ now });
  for (const { seq } of open.filter(({ isStale }) => isStale)) {
    await delivery.advance({ distribution: seq, rate: 0, limitedBy: null, now });
  }
}

/** A device keeps what the server said under the kind that it said. */
const aCampaign = v.custom<Campaign>((doc) => typeof doc === "object");
const aRollup = v.custom<Rollup>((doc) => typeof doc === "object");

/** What a device has after its first sync. */
async function pulled(who: Ask): Promise<readonly Counted[]> {
  const sender = {
    v: protocolVersion,
    schema: schemaVersion,
    client: randomUUIDv7(),
    instance: randomUUIDv7(),
  };
  const feeds = { team: { from: 0 }, roll: { from: 0 } };
  const ask = async (epoch: string | null): Promise<PullReply> => {
    const body = { ...sender, epoch, ch: "c", feeds };
    const answer = await who("/sync/pull", { method: "POST", body });
    return v.parse(pullReply, answer.json());
  };
  const { epoch } = await ask(null);
  const reply = await ask(epoch);
  if (reply.t !== "page") throw new Error("the device was told to begin again");
  const campaigns: Campaign[] = [];
  const rollups = new Map<Id, Rollup>();
  for (const { more, rows } of Object.values(reply.feeds)) {
    expect(more).toBe(false);
    rows.kind.forEach((kind, index) => {
      const doc: unknown = rows.doc[index];
      if (kind === "campaign" && doc !== null) campaigns.push(v.parse(aCampaign, doc));
      if (kind === "rollup" && doc !== null)
        rollups.set(rows.id[index] ?? "", v.parse(aRollup, doc));
    });
  }
  return campaigns.map((campaign) => ({ campaign, rollup: rollups.get(campaign.id) ?? null }));
}

function onDevice(days: Days, scope = wholeScope): AnalyticsReport {
  const question = {
    days,
    scope,
    compare: "previous",
    step: usualStep(days),
    weekStart: 1,
  } as const;
  return analyticsOf(device, question, calendar);
}

async function onServer(days: Days, narrowed = ""): Promise<Record<string, unknown>> {
  const { first, last } = days;
  const ends = `${first === null ? "" : `&from=${first}`}${last === null ? "" : `&to=${last}`}`;
  const answer = await ana(`/api/v1/analytics?zone=${zone}${ends}${narrowed}`);
  expect(answer.statusCode).toBe(200);
  return answer.json();
}

const named = v.object({
  snapshot: v.string(),
  actions: v.object({ snapshot: v.string() }),
});

const ranges: readonly DateRange[] = [
  ...datePresets,
  "all",
  { first: "2026-09-15", last: "2026-11-02" },
];

test("S2-01 S2-03 S2-04 S2-07 S2-09 S2-18 I-6 app and API tell the same digits of each range", async () => {
  for (const range of ranges) {
    const days = daysAt(range, now, calendar);
    const mine = onDevice(days);
    const theirs = await onServer(days);
    expect(theirs["counts"]).toEqual(mine.total);
    expect(theirs["campaigns"]).toBe(mine.campaigns);
    expect(theirs["figures"]).toMatchObject(
      mine.figures.map(({ kpi, count, rate, change }) => ({ kpi, count, rate, change })),
    );
    expect(theirs["course"]).toMatchObject(
      mine.course.map(({ first: from, last: to, measures: counts }) => ({ from, to, counts })),
    );
    for (const [by, parts] of Object.entries(mine.breakdowns)) {
      const told = parts.map(({ key, campaigns, measures: counts }) => ({
        key,
        campaigns,
        counts,
      }));
      expect(theirs["breakdowns"]).toHaveProperty(by, told);
    }
    expect(theirs["reasons"]).toMatchObject(mine.reasons.map((reason) => ({ ...reason })));
    const asked = { days, scope: wholeScope, zone, compare: "previous" } as const;
    expect(theirs["snapshot"]).toBe(analyticsSnapshot({ ...asked, step: usualStep(days) }, mine));
  }
  // What is compared here is worth comparing.
  expect(onDevice(daysAt("90d", now, calendar)).total.submitted).toBeGreaterThan(1_000);
});

test("I-6 I-10 across all days they tell the sum of what the campaigns' own reports tell", async () => {
  const told = onDevice({ first: null, last: null });
  const sent = device.filter(({ rollup }) => (rollup?.series.length ?? 0) > 0);
  const reports = await Promise.all(
    sent.map(async ({ campaign: { id } }) => {
      const answer = await ana(`/api/v1/campaigns/${id}/report`);
      return v.parse(v.object({ counters: v.record(v.string(), v.number()) }), answer.json());
    }),
  );
  const sum = (...names: readonly string[]): number =>
    reports.reduce(
      (all, { counters }) => names.reduce((n, name) => n + (counters[name] ?? 0), all),
      0,
    );
  expect(reports.length).toBeGreaterThan(9);
  expect(told.total).toMatchObject({
    failed: sum("failed"),
    undelivered: sum("undelivered"),
    delivered: sum("delivered", "read"),
    skipped: sum("skipped", "canceled"),
    opened: sum("read"),
    submitted: sum("submitted", "sent", "unconfirmed", "undelivered", "delivered", "read"),
  });
  expect(told.campaigns).toBe(reports.length);
});

test("S2-02 S2-08 what leads to action is the same on both sides, with its intervals", async () => {
  const days = daysAt("90d", now, calendar);
  const mine = actionsOf(device, timesOf(days, calendar), calendar);
  const { whole, findings } = mine;
  const snapshot = actionsSnapshot({ days, scope: wholeScope, zone }, mine);
  expect((await onServer(days))["actions"]).toEqual({ snapshot, whole, findings });
});

test("I-10 the same digits have the same snapshot, other ones none of it", async () => {
  const days = daysAt("90d", now, calendar);
  const { snapshot, actions } = v.parse(named, await onServer(days));
  expect(isSnapshot(snapshot)).toBe(true);
  expect(v.parse(named, await onServer(days, `&snapshot=${snapshot}`)).snapshot).toBe(snapshot);
  await onServer(days, `&snapshot=${actions.snapshot}`);
  const others = [onServer(days, "&channel=sms"), onServer(days, "&compare=year")];
  for (const other of await Promise.all(others)) {
    expect(v.parse(named, other).snapshot).not.toBe(snapshot);
  }
  const gone = await ana(`/api/v1/analytics?zone=${zone}&channel=sms&snapshot=${snapshot}`);
  expect(gone.statusCode).toBe(410);
  // Weeks may begin on another day, as where the device is.
  const weeks = await Promise.all(
    ["", "&weekStart=monday", "&weekStart=sunday"].map(async (start) => {
      return v.parse(named, await onServer(days, `&step=week${start}`)).snapshot;
    }),
  );
  expect(weeks[1]).toBe(weeks[0]);
  const question = { days, scope: wholeScope, compare: "previous", step: "week" } as const;
  const sundays = analyticsOf(device, { ...question, weekStart: 0 }, calendar);
  expect(weeks[2]).toBe(analyticsSnapshot({ ...question, zone }, sundays));
});

test("S2-12 S2-16 channel, status and name narrow both sides alike", async () => {
  const days = daysAt("90d", now, calendar);
  const scope = { channels: ["sms"], statuses: ["completed"], name: "sale" } as const;
  const mine = onDevice(days, scope);
  const theirs = await onServer(days, "&channel=sms&status=completed&name=sale");
  expect(theirs["counts"]).toEqual(mine.total);
  expect(theirs["campaigns"]).toBe(
    inScope(device, scope).filter(({ rollup }) => rollup !== null).length,
  );
  expect(mine.total.submitted).toBeGreaterThan(0);
});

test("what is no day, zone or channel is refused with its field", async () => {
  for (const wrong of [
    "from=2026-02-30",
    "to=soon",
    "zone=Mars/Base",
    "channel=pigeon",
    "by=day",
  ]) {
    const answer = await ana(`/api/v1/analytics?${wrong}`);
    expect(answer.statusCode).toBe(422);
    expect(answer.body).toContain(wrong.split("=")[0]);
  }
  expect((await it.nobody("/api/v1/analytics")).statusCode).toBe(401);
});
