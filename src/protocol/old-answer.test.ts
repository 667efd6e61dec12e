import { refusalTypes } from "#domain/sync/refusal.ts";
import { feeds } from "#domain/sync/document.ts";
import fc from "fast-check";
import * as v from "valibot";
import { expect, test } from "vitest";
import { pushReply, type PushReply } from "./down.ts";
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

const anyReply: fc.Arbitrary<PushReply> = fc.record({
  verdicts: fc.array(
    fc.record({
      mid: fc.nat(9),
      outcome: fc.constantFrom("ok", "merged", "rejected"),
      refusal: fc.option(
        fc.record({
          type: fc.constantFrom(...refusalTypes),
          field: fc.option(fc.constant("name")),
          detail: fc.constant({ phase: "sent" }),
        }),
      ),
      lost: fc.constant([]),
      seqs: fc
        .subarray([...feeds])
        .map((some) => Object.fromEntries(some.map((feed, i) => [feed, i + 1]))),
    }),
    { maxLength: 4 },
  ),
  expected: fc.option(fc.nat(9)),
  time: fc.nat(),
  epoch: fc.constant("e"),
});

test("[S23] in any version the answer is one, says as much, and is the same when it is said in it again", () => {
  fc.assert(
    fc.property(anyReply, fc.integer({ min: 1, max: protocolVersion }), (whole, version) => {
      const told = replyFor(version, whole);
      expect(v.is(pushReply, told)).toBe(true);
      expect(replyFor(version, told)).toEqual(told);
      for (const [i, verdict] of told.verdicts.entries()) {
        const { mid, outcome, refusal, seqs } = whole.verdicts[i] ?? verdict;
        expect(verdict).toMatchObject({ mid, outcome });
        expect(verdict.refusal === null).toBe(refusal === null);
        // No version is known by a feed of one that is older, and none is invented.
        expect(seqs).toMatchObject(verdict.seqs);
        expect("user" in verdict.seqs).toBe("user" in seqs && version >= 10);
      }
      expect(replyFor(protocolVersion, whole)).toEqual(whole);
    }),
  );
});
