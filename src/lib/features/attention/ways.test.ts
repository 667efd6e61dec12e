import { expect, test } from "vitest";
import type { CommandName } from "#domain/sync/command.ts";
import type { RefusalType } from "#domain/sync/refusal.ts";
import { formWays, mayRepeat, mayRestore } from "./ways.ts";

test("what was refused because of a canceled campaign is not offered again: it stays canceled", () => {
  const detail = { phase: "canceled", event: "save" };
  expect(mayRepeat({ type: "illegal_move", detail })).toBe(false);
});

test("what was in the way of a step may be gone by now", () => {
  const detail = { phase: "preparing", event: "pause" };
  expect(mayRepeat({ type: "illegal_move", detail })).toBe(true);
  expect(mayRepeat({ type: "already_sent", detail: {} })).toBe(false);
});

const campaign = "c1";

function waysOf(command: CommandName, type: RefusalType, field: string | null): string[] {
  const refused = { command, subjectId: campaign, refusal: { type, field } };
  return formWays(refused).map(({ label, href }) => `${label}: ${href}`);
}

// sync.md 3.7, one line for each rule that the form can put right.
test.each([
  {
    rule: "approve what you saw",
    refused: ["campaign.send", "changed_since_review", null],
    ways: ["Review again: review"],
  },
  {
    rule: "schedule passed while offline",
    refused: ["campaign.schedule", "schedule_in_past", "schedule.at"],
    ways: ["Send now: review", "Pick a time: review"],
  },
  {
    rule: "audience deleted",
    refused: ["campaign.send", "audience_gone", "audienceId"],
    ways: ["Choose another audience: audience"],
  },
  {
    rule: "validation, at the field",
    refused: ["campaign.edit", "invalid", "content.text"],
    ways: ["Open the form: content"],
  },
  {
    rule: "validation, at the name",
    refused: ["campaign.edit", "invalid", "name"],
    ways: ["Open the form: basics"],
  },
  { rule: "edited after it was sent", refused: ["campaign.edit", "already_sent", null], ways: [] },
  { rule: "permission lost", refused: ["campaign.edit", "forbidden", null], ways: [] },
] as const)("3.7 $rule: its ways lead where it can be put right", ({ refused, ways }) => {
  const href = `/campaigns/${campaign}/edit?step=`;
  const [command, type, field] = refused;
  expect(waysOf(command, type, field)).toEqual(ways.map((way) => way.replace(": ", `: ${href}`)));
});

test("3.7 approve what you saw: doing the very same again is not offered, it would be refused again", () => {
  expect(mayRepeat({ type: "changed_since_review", detail: {} })).toBe(false);
});

test.each([
  ["campaign.edit", "gone", true],
  ["campaign.send", "gone", false],
  ["campaign.schedule", "gone", false],
  ["campaign.duplicate", "gone", false],
  ["audience.edit", "gone", false],
  ["campaign.edit", "already_sent", false],
] as const)("3.7 deleted then edited: %s refused as %s, restored %s", (command, type, can) => {
  const refused = { command, subjectId: campaign, refusal: { type, field: null } };
  expect(mayRestore(refused)).toBe(can);
});
