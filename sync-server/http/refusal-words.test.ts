import { expect, test } from "vitest";
import type { Refusal } from "#domain/sync/refusal.ts";
import { refusalWords } from "./refusal-words.ts";

const at = Date.parse("2026-11-21T19:00:00Z");

test.each<[Refusal["type"], string | null, Refusal["detail"], string | null]>([
  [
    "already_sent",
    null,
    { phase: "completed", at },
    "The campaign is completed; it went out at 2026-11-21T19:00:00.000Z.",
  ],
  ["already_sent", null, { phase: "preparing", at: null }, "The campaign is preparing."],
  [
    "illegal_move",
    null,
    { phase: "draft", event: "pause" },
    'The campaign is draft: "pause" is not possible from there.',
  ],
  [
    "incomplete",
    "content.text",
    { missing: "content.text, accountId" },
    "Still missing: content.text, accountId.",
  ],
  [
    "schedule_in_past",
    "schedule.at",
    { at },
    "The planned time, 2026-11-21T19:00:00.000Z, has passed.",
  ],
  [
    "changed_since_review",
    null,
    { rev: 4, reviewed: 3 },
    "Revision 3 was reviewed; the campaign is at revision 4 now.",
  ],
  [
    "channel_mismatch",
    "accountId",
    { account: "sms", campaign: "email" },
    "The account carries sms, the campaign is email.",
  ],
  [
    "in_use",
    null,
    { campaign: "Spring", campaignId: "c", phase: "scheduled" },
    'The campaign "Spring" (scheduled) uses it.',
  ],
  ["forbidden", null, { act: "campaign.send" }, "Your role does not allow campaign.send here."],
  ["invalid", "name", {}, "name must not be empty."],
  ["invalid", "type", { type: "push" }, "type: push cannot be sent in this version."],
  ["gone", null, {}, null],
])("tells %s of %s with %j in a sentence", (type, field, detail, words) => {
  expect(refusalWords({ type, field, detail })).toBe(words);
});
