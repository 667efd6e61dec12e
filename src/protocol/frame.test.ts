import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createUnderstanding } from "./heard.ts";
import { fromFrame, heads, type Counted } from "./frame.ts";
import { toFrame } from "./to-frame.ts";

const time = 1_800_000_000_000;
const id = "01890000-0000-7000-8000-00000000abcd";

/** A page with these rows, the last of which is its end. */
function aPage(from: number, docs: Counted["roll"]["rows"]["doc"], ids?: string[]): Counted {
  const ver = docs.map((_, n) => from + n + 1);
  const kind = ver.map(() => "rollup" as const);
  const rows = { ver, kind, id: ids ?? ver.map(() => id), doc: docs };
  return { time, roll: { from, to: from + docs.length, more: false, rows } };
}

function travelled(page: Counted): unknown {
  const bytes = toFrame(page);
  return bytes === null ? null : fromFrame(bytes);
}

describe("[S56] counters as bytes", () => {
  test("any documents come back as they were", () => {
    const number = fc.oneof(
      fc.maxSafeNat(),
      fc.nat(9_000),
      fc.integer(),
      fc.double({ noNaN: true }),
      fc.integer({ min: time - 100_000, max: time + 100_000 }),
    );
    const word = fc.constantFrom("states", "delivered", "toString", "__proto__", "expired", "é ");
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        number,
        fc.oneof(word, fc.string({ unit: "binary" }), fc.constantFrom(null, true, false)),
        fc.array(tie("tree"), { maxLength: 4 }),
        fc.dictionary(fc.oneof(word, fc.string()), tie("tree"), { maxKeys: 40 }),
      ),
    }));
    const row = fc.option(fc.record({ fields: fc.dictionary(word, tree), isChange: fc.boolean() }));
    fc.assert(
      fc.property(fc.nat(), fc.array(row, { minLength: 1, maxLength: 5 }), (from, rows) => {
        const docs = rows.map((each) =>
          each === null ? null : { id, ...each.fields, ...(each.isChange ? { since: from } : {}) },
        );
        const page: Counted = JSON.parse(JSON.stringify(aPage(from, docs)));
        expect(JSON.stringify(travelled(page))).toBe(JSON.stringify(page));
      }),
      { numRuns: 500 },
    );
  });

  test("a change of counters while a campaign sends takes 60 bytes at most", () => {
    const states = { queued: 7_012, submitted: 143, delivered: 8_124 };
    const series = [{ at: time - 48_000, entered: { submitted: 143, delivered: 139 } }];
    const change = { id, since: 21_000, states, segments: states, series, at: time - 250 };
    expect(toFrame(aPage(21_000, [change]))?.length).toBeLessThanOrEqual(60);
    expect(travelled(aPage(21_000, [change]))).toEqual(aPage(21_000, [change]));
  });

  const page = aPage(5, [{ id, total: 1 }]);
  const two = aPage(5, [null, null]);
  const twice = { ...two, roll: { ...two.roll, rows: { ...two.roll.rows, ver: [7, 7] } } };
  test.each([
    ["of which more follows", { ...page, roll: { ...page.roll, more: true } }],
    ["that ends elsewhere than its rows", { ...page, roll: { ...page.roll, to: 9 } }],
    ["of nothing", aPage(5, [])],
    [
      "of another kind",
      { ...page, roll: { ...page.roll, rows: { ...page.roll.rows, kind: ["pin" as const] } } },
    ],
    ["whose id is none", aPage(5, [{ id: "one", total: 1 }], ["one"])],
    ["of a document with another id", aPage(5, [{ id: "two", total: 1 }])],
    ["of a change of another place", aPage(5, [{ id, since: 4 }])],
    ["whose versions do not rise", twice],
  ])("a page %s travels as text", (_, other) => {
    expect(toFrame(other)).toBeNull();
  });

  test("fuzz: whatever comes instead is read or refused, and never more than a page", () => {
    const good = toFrame(page) ?? new Uint8Array();
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      // What begins like a frame gets further.
      fc
        .uint8Array({ maxLength: 80 })
        .map((rest) => Uint8Array.from([...good.slice(0, 25), ...rest])),
      fc
        .array(fc.constantFrom(...Object.values(heads), 1, 2, 3, 7, 235, 255), { maxLength: 60 })
        .map((rest) => Uint8Array.from([...good.slice(0, 25), ...rest])),
    );
    const understand = createUnderstanding();
    understand(JSON.stringify({ t: "page", epoch: "e", ch: "c", feeds: {}, time }));
    let read = 0;
    fc.assert(
      fc.property(bytes, (some) => {
        const understood = understand(some);
        expect(understood === null || understood.t === "page").toBe(true);
        if (understood === null) return;
        read += 1;
        expect(JSON.stringify(understood).length).toBeLessThan(20_000_000);
      }),
      { numRuns: 5_000 },
    );
    expect(read).toBeGreaterThan(5);
  });

  test("refused: what repeats itself without end, or ends too early", () => {
    const good = [...(toFrame(page) ?? [])];
    const start = good.slice(0, 1 + 1 + 6 + 1 + 16);
    const { objects, again, list, json } = heads;
    const doubling = Array.from({ length: 40 }, () => [objects + 2, 1]).flat();
    const ends = Array.from({ length: 40 }, () => [2, again]).flat();
    expect(fromFrame(Uint8Array.from([...start, ...doubling, 0, ...ends]))).toBeNull();
    expect(fromFrame(Uint8Array.from([...start, list, 255, 255, 127]))).toBeNull();
    expect(fromFrame(Uint8Array.from([...start, objects + 1, 1, json, 5, 49]))).toBeNull();
    expect(fromFrame(Uint8Array.from([2, ...good.slice(1)]))).toBeNull();
    expect(fromFrame(Uint8Array.from(good))).toEqual(page);
    for (let length = 0; length < good.length; length++) {
      const cut = fromFrame(Uint8Array.from(good.slice(0, length)));
      expect(cut?.roll.rows.doc ?? []).toEqual([]);
    }
  });

  test("[S25] bytes are of the history and the chain that were named last", () => {
    const understand = createUnderstanding();
    const bytes = toFrame(page);
    expect(understand(bytes)).toBeNull();
    const feeds = {};
    const first = { t: "page", epoch: "e", ch: "c", feeds, time };
    expect(understand(JSON.stringify(first))).toEqual(first);
    const { roll } = page;
    const heard = { t: "page", epoch: "e", ch: "c", feeds: { roll }, time };
    expect(understand(bytes)).toEqual(heard);
    expect(understand(bytes?.buffer)).toEqual(heard);
  });
});
