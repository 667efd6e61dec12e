// Which databases are taken for older copies of themselves, and what stands still then.
import { beforeEach, describe, expect, test } from "vitest";
import {
  aCampaign,
  openTestStore,
  readCampaign,
  seedDocuments,
  startOfTime as now,
  workspace,
  type OpenStore,
} from "../../../tests/support/delivery/world.ts";
import { anId } from "../../../tests/support/campaigns.ts";
import type { HistoryMark } from "../admin-store.ts";

let it: OpenStore;

beforeEach(() => {
  it = openTestStore();
});

const adopt = (beside: HistoryMark | null, isCopy = false) =>
  it.store.admin.adopt({ beside, isCopy, now });

describe("a database is its own", () => {
  test("when it is new, and when it was made before there was a file beside it", async () => {
    const epoch = await it.store.sync.epoch({});
    expect(await adopt(null)).toMatchObject({ isRestored: false, mark: { epoch, tick: 1 } });
    expect(await it.store.sync.restoredAt({})).toBeNull();
  });

  test("when it goes on from where the file says, or was one ahead in a crash", async () => {
    const { mark } = await adopt(null);
    const next = await it.store.admin.tick({});
    expect(next.tick).toBe(mark.tick + 1);
    expect(await adopt(mark)).toMatchObject({ isRestored: false, mark: { epoch: mark.epoch } });
  });
});

describe("a database is a copy, and begins another history", () => {
  test.each<[string, (mark: HistoryMark) => HistoryMark | null]>([
    ["when the file is ahead of it", (mark) => ({ ...mark, tick: mark.tick + 1 })],
    ["when the file names another history", (mark) => ({ ...mark, epoch: "another" })],
    ["when it had a file and came without", () => null],
  ])("%s", async (_when, besideOf) => {
    const { mark } = await adopt(null);
    const beside = besideOf(mark);
    const adopted = await adopt(beside);
    expect(adopted.isRestored).toBe(true);
    expect(adopted.mark.epoch).not.toBe(mark.epoch);
    expect(adopted.mark.tick).toBeGreaterThan(Math.max(mark.tick, beside?.tick ?? 0));
    expect(await it.store.sync.epoch({})).toBe(adopted.mark.epoch);
    expect(await it.store.sync.restoredAt({})).toBe(now);
    expect(await adopt(adopted.mark)).toMatchObject({ isRestored: false });
  });

  test("when a database from before the file lies beside a newer file", async () => {
    const epoch = await it.store.sync.epoch({});
    expect(await adopt({ epoch, tick: 5 })).toMatchObject({ isRestored: true });
  });

  test("when somebody says so", async () => {
    const { mark } = await adopt(null);
    expect(await adopt(mark, true)).toMatchObject({ isRestored: true });
  });
});

test("what runs is paused with its place kept, what is planned goes back among the plans, the rest stays", async () => {
  const phases = [
    aCampaign({ id: anId(1), phase: "active" }),
    aCampaign({ id: anId(2), phase: "preparing" }),
    aCampaign({ id: anId(3), phase: "paused", pausedFrom: "active", pauseReason: "quota" }),
    aCampaign({
      id: anId(4),
      phase: "scheduled",
      schedule: { at: now + 60_000, zone: "UTC", ifLate: "sendNow" },
    }),
    aCampaign({ id: anId(5), phase: "completed" }),
    aCampaign({ id: anId(6), phase: "draft" }),
    // What fails within three days of the launch goes out again by itself.
    aCampaign({ id: anId(7), phase: "settling", launchedAt: now - 60_000 }),
    aCampaign({ id: anId(8), phase: "settling", launchedAt: now - 96 * 3_600_000 }),
  ];
  for (const campaign of phases) await seedDocuments(it.store, { campaign });
  expect(await adopt(null, true)).toMatchObject({ paused: 4, held: 1 });
  const seen = await Promise.all(phases.map(({ id }) => readCampaign(it.store, id)));
  expect(
    seen.map(({ phase, pausedFrom, pauseReason, schedule }) => [
      phase,
      pausedFrom,
      pauseReason,
      schedule,
    ]),
  ).toEqual([
    ["paused", "active", "restore", null],
    ["paused", "preparing", "restore", null],
    ["paused", "active", "restore", null],
    ["pending", null, null, null],
    ["completed", null, null, null],
    ["draft", null, null, null],
    ["paused", "settling", "restore", null],
    ["settling", null, null, null],
  ]);
  expect(seen[3]?.held).toEqual({ plannedFor: now + 60_000, zone: "UTC", why: "restore" });
  const lines = await it.store.reports.activity({
    workspace,
    campaignId: null,
    from: null,
    to: null,
    before: null,
    limit: 10,
  });
  expect(lines.map(({ event, campaignId }) => [event, campaignId]).toReversed()).toEqual([
    ["engine.paused", anId(1)],
    ["engine.paused", anId(2)],
    ["engine.paused", anId(3)],
    ["engine.held", anId(4)],
    ["engine.paused", anId(7)],
  ]);
  expect(lines[1]?.detail).toEqual({ plannedFor: now + 60_000, reason: "restore" });
});
