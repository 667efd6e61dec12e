import { refusalTypes } from "#domain/sync/refusal.ts";
import { expect, test } from "vitest";
import type { PushReply } from "./down.ts";
import { headerFor, replyFor } from "./old-answer.ts";
import { protocolVersion } from "./version.ts";

/** The refusals that version 1 could read. */
const firstTypes = [
  "invalid",
  "forbidden",
  "gone",
  "exists",
  "already_sent",
  "illegal_move",
  "incomplete",
  "changed_since_review",
  "audience_gone",
  "account_gone",
  "channel_mismatch",
  "in_use",
  "schedule_in_past",
  "parent",
];

function reply(type: (typeof refusalTypes)[number]): PushReply {
  const refusal = { type, field: "name", detail: { phase: "sent" } };
  const verdict = { mid: 1, outcome: "rejected" as const, refusal, lost: [], seqs: { team: 3 } };
  return { verdicts: [verdict], expected: null, time: 1, epoch: "e" };
}

test.each(refusalTypes)("[S23] version 1 can read the refusal %s", (type) => {
  const [told] = replyFor(1, reply(type)).verdicts;
  expect(firstTypes).toContain(told?.refusal?.type);
  expect(told?.seqs).toEqual({ team: 3 });
  if (firstTypes.includes(type)) expect(told?.refusal).toEqual(reply(type).verdicts[0]?.refusal);
  else expect(told?.refusal?.detail["message"]).toMatch(/\.$/);
});

test("[S23] today's version is told everything as it is", () => {
  for (const type of refusalTypes)
    expect(replyFor(protocolVersion, reply(type))).toEqual(reply(type));
});

test("[S23] only those that would not know us otherwise hear their own version", () => {
  expect([1, 9, 10, 11].map((version) => headerFor(version, 11))).toEqual([1, 9, 11, 11]);
});
