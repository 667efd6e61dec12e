import fc from "fast-check";
import { expect, test } from "vitest";
import { withPublished } from "../codes/published.ts";
import { marksCharged } from "./charge.ts";
import {
  hasMark,
  marks,
  marksAfter,
  marksBegun,
  newMarks,
  sendsBegun,
  withMark,
  withResendPlanned,
} from "./marks.ts";
import { reasons, type Reason } from "./reason.ts";
import { messageStates, type MessageState } from "./state.ts";

const none = { state: "delivered", reason: "none" } as const;

test("S0-13 a message is recovered once it arrives after a failure, and not before", () => {
  const failed = marksAfter(0, { state: "undelivered", reason: "unreachable" }, "undelivered");
  expect(hasMark(failed, "recovered")).toBe(false);
  expect(hasMark(marksAfter(failed, none, "delivered"), "recovered")).toBe(true);
});

test("what arrives at once is not recovered, and neither is who was only asked for patience", () => {
  expect(marksAfter(0, none, "delivered")).toBe(0);
  const asked = marksAfter(0, { state: "queued", reason: "rate_limited" }, "queued");
  expect(marksAfter(asked, none, "delivered")).toBe(0);
});

test("marks are only ever added, in any order to the same set", () => {
  const heard = fc.record({
    state: fc.constantFrom(...messageStates),
    reason: fc.constantFrom(...reasons),
  });
  fc.assert(
    fc.property(fc.array(heard), (list) => {
      const all = (of: typeof list) =>
        of.reduce((bits, each) => marksAfter(bits, each, "delivered"), 0);
      expect(all(list.toReversed())).toBe(all(list));
      expect(all([...list, ...list])).toBe(all(list));
    }),
  );
});

test("what is new is told once", () => {
  for (const mark of marks) {
    const bits = withMark(0, mark);
    expect(newMarks(0, bits)).toEqual([mark]);
    expect(newMarks(bits, withMark(bits, mark))).toEqual([]);
  }
});

test("a planned second send marks its message when its call ended or may have been made, and counts from when it is in flight", () => {
  const failed = { state: "undelivered", reason: "unreachable" } as const;
  const planned = withResendPlanned(marksAfter(0, failed, "undelivered"));
  const after = (state: MessageState, reason: Reason = "none") =>
    marksBegun(planned, "sending", { state, reason });
  const stand = { gen: 2, try: 0, marks: planned, isHeard: false };
  expect(hasMark(planned, "resent")).toBe(false);
  expect(sendsBegun({ ...stand, state: "queued" })).toBe(1);
  expect(sendsBegun({ ...stand, state: "read" })).toBe(1);
  expect(sendsBegun({ ...stand, state: "sending", try: 1 })).toBe(2);
  expect(after("queued")).toBe(planned);
  expect(marksBegun(planned, "queued", { state: "read", reason: "none" })).toBe(planned);
  for (const begun of [
    after("submitted"),
    after("queued", "rate_limited"),
    after("ambiguous", "outcome_unknown"),
    after("failed", "unreachable"),
  ]) {
    expect(hasMark(begun, "resent")).toBe(true);
    expect(sendsBegun({ ...stand, state: "queued", marks: begun })).toBe(2);
    expect(sendsBegun({ ...stand, gen: 3, state: "queued", marks: withResendPlanned(begun) })).toBe(
      2,
    );
  }
});

test("each mark, and each of what else the bits tell, has a bit of its own", () => {
  const bits = [
    ...marks.map((mark) => withMark(0, mark)),
    withResendPlanned(0),
    withPublished(0),
    marksAfter(0, { state: "failed", reason: "unreachable" }, "failed"),
    marksCharged(
      { state: "submitted", gen: 1, try: 1, marks: 0 },
      { state: "queued", gen: 1, try: 1, marks: 0 },
    ),
  ];
  expect(new Set(bits).size).toBe(bits.length);
  expect(bits.reduce((all, bit) => all | bit, 0)).toBe(bits.reduce((sum, bit) => sum + bit, 0));
});
