import { expect, test } from "vitest";
import type { Campaign } from "#domain/campaign/campaign.ts";
import { phases } from "#domain/campaign/lifecycle.ts";
import type { CampaignRow } from "#lib/state/campaigns.svelte.ts";
import {
  draftsWaiting,
  heldTooLate,
  pausedBySystem,
  recentlySent,
  runningNow,
  scheduledNext,
} from "./needs.ts";

function aRow(part: Partial<Campaign>): CampaignRow {
  const campaign: Campaign = {
    id: "c",
    number: 1,
    rev: 1,
    name: "Spring",
    group: "messaging",
    type: "email",
    content: { subject: "", text: "", html: "" },
    audienceId: null,
    accountId: null,
    schedule: null,
    phase: "draft",
    pausedFrom: null,
    pauseReason: null,
    waiting: null,
    createdAt: 0,
    createdBy: "u",
    updatedAt: 0,
    launchedAt: 1,
    startedAt: null,
    submittedAt: null,
    completedAt: null,
    total: null,
    ...part,
  };
  return { campaign, rollup: null, runs: [], pending: 0, waiting: null };
}

const schedule = { at: 9, zone: "UTC", ifLate: "hold" } as const;

test("every phase is in exactly one part of the overview", () => {
  for (const phase of phases) {
    const rows = [aRow({ phase, schedule })];
    const parts = [runningNow, scheduledNext, draftsWaiting, recentlySent];
    expect(parts.filter((part) => part(rows).length > 0)).toHaveLength(1);
  }
});

test("a campaign whose time was missed is told of, and not as a draft", () => {
  const held = { plannedFor: 5, zone: "UTC" };
  const rows = [aRow({ id: "missed", phase: "pending", held }), aRow({ phase: "pending" })];
  expect(heldTooLate(rows).map(({ campaign }) => campaign.id)).toEqual(["missed"]);
  expect(draftsWaiting(rows).map(({ campaign }) => campaign.id)).toEqual(["c"]);
  expect(heldTooLate([{ ...aRow({ phase: "pending", held }), waiting: "send" }])).toEqual([]);
});

test("what stands still comes before what runs", () => {
  const rows = [
    aRow({ id: "runs", phase: "active", launchedAt: 9 }),
    aRow({ id: "stands", phase: "paused", launchedAt: 1 }),
  ];
  expect(runningNow(rows).map(({ campaign }) => campaign.id)).toEqual(["stands", "runs"]);
});

test("only a pause by the system needs a person", () => {
  const rows = [
    aRow({ phase: "paused", pauseReason: "user" }),
    aRow({ id: "broken", phase: "paused", pauseReason: "breaker" }),
  ];
  expect(pausedBySystem(rows).map(({ campaign }) => campaign.id)).toEqual(["broken"]);
});

function plannedAt(moment: number): CampaignRow {
  return aRow({ id: `${moment}`, phase: "scheduled", schedule: { ...schedule, at: moment } });
}

test("the next planned campaign comes first", () => {
  expect(scheduledNext([plannedAt(5), plannedAt(3)]).map(({ campaign }) => campaign.id)).toEqual([
    "3",
    "5",
  ]);
});
