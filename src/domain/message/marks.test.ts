import fc from "fast-check";
import { expect, test } from "vitest";
import { hasMark, marks, marksAfter, newMarks, withMark } from "./marks.ts";
import { reasons } from "./reason.ts";
import { messageStates } from "./state.ts";

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
