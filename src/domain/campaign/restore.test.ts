import { expect, test } from "vitest";
import { aCampaign, noon } from "../../../tests/support/campaigns.ts";
import { restored } from "./restore.ts";

test("a campaign that was planned comes back without its date", () => {
  const planned = aCampaign({
    phase: "scheduled",
    schedule: { at: noon + 1, zone: "UTC", ifLate: "sendNow" },
  });
  expect(restored(planned, noon + 5)).toMatchObject({
    phase: "pending",
    schedule: null,
    updatedAt: noon + 5,
    rev: planned.rev + 2,
  });
});

test("a campaign that is complete comes back with what it did", () => {
  const done = aCampaign({ phase: "completed", completedAt: noon, total: 7 });
  expect(restored(done, noon + 5)).toMatchObject({ phase: "completed", total: 7 });
});
