import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Lost } from "./decision.ts";
import { mergeField } from "./merge.ts";

const value = fc.constantFrom("", "a", "b", "c");

function merged(current: string, was: string, set: string) {
  const lost: Lost[] = [];
  return { value: mergeField("name", current, { was, set }, lost), lost };
}

describe("[S5] a field that is merged", () => {
  test("takes what was typed, and tells of another's value only where both changed it", () => {
    fc.assert(
      fc.property(value, value, value, (current, was, set) => {
        const { value: now, lost } = merged(current, was, set);
        expect(now).toBe(set);
        const bothChanged = current !== was && current !== set;
        expect(lost).toEqual(bothChanged ? [{ field: "name", theirs: current, mine: set }] : []);
      }),
    );
  });

  test("stays as another made it where nobody typed here", () => {
    fc.assert(
      fc.property(value, (current) => {
        const lost: Lost[] = [];
        expect(mergeField("name", current, undefined, lost)).toBe(current);
        expect(lost).toEqual([]);
      }),
    );
  });

  test("said twice is said once: nothing more is lost by it", () => {
    fc.assert(
      fc.property(value, value, value, (current, was, set) => {
        const once = merged(current, was, set).value;
        expect(merged(once, was, set)).toEqual({ value: set, lost: [] });
      }),
    );
  });

  test("is what the last one typed, whoever came before; each value that was written over is told", () => {
    const changes = fc.array(fc.record({ was: value, set: value }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(value, changes, (start: string, list) => {
        const told: string[] = [];
        let now: string = start;
        for (const { was, set } of list) {
          const before = now;
          const { value: next, lost } = merged(before, was, set);
          told.push(...lost.map(({ theirs }) => theirs));
          // Nothing disappears that nobody knew of: it was seen, it is the same, or it is told.
          const known: readonly string[] = [was, set, ...lost.map(({ theirs }) => theirs)];
          expect(known).toContain(before);
          now = next;
        }
        expect(now).toBe(list.at(-1)?.set);
        const typed = new Set<string>([start, ...list.map(({ set }) => set)]);
        expect(told.every((each) => typed.has(each))).toBe(true);
      }),
    );
  });
});
