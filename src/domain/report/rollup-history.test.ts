import fc from "fast-check";
import { expect, test } from "vitest";
import { noCounts } from "../message/state.ts";
import { isRollupChange, withChange } from "./rollup-change.ts";
import { changedSince, watched, type RollupHistory } from "./rollup-history.ts";
import type { Rollup, SeriesPoint } from "./rollup.ts";

const minute = 60_000;

function aRollup(change: Partial<Rollup> = {}): Rollup {
  const counts = { states: noCounts, segments: noCounts, reasons: [], marks: {} };
  return { id: "c1", total: 10, ...counts, spanMs: minute, series: [], rate: 0, at: 1, ...change };
}

const aPoint = (at: number, sent: number): SeriesPoint => ({ at, entered: { sent } });

/** What somebody has who stood at `since` and is told the news. */
function told(history: RollupHistory, had: Rollup, now: Rollup, since: number): Rollup {
  const news = changedSince(history, now, since);
  return isRollupChange(news) ? withChange(had, news) : news;
}

test("[S51] only what changed is told: of the series, the points that are new or counted on", () => {
  const first = aRollup({ series: [aPoint(0, 5), aPoint(minute, 3)] });
  const second = { ...first, rate: 4, series: [aPoint(0, 5), aPoint(minute, 4)] };
  const history = watched(watched(null, first, 1), second, 2);
  expect(changedSince(history, second, 1)).toEqual({
    id: "c1",
    since: 1,
    rate: 4,
    series: [aPoint(minute, 4)],
  });
  expect(told(history, first, second, 1)).toEqual(second);
  // The buckets stayed as they were: nothing of them is told.
  const third = { ...second, rate: 5 };
  expect(changedSince(watched(history, third, 3), third, 2)).toEqual({
    id: "c1",
    since: 2,
    rate: 5,
  });
});

test("[S51] of what is counted by state, the counts that changed are told", () => {
  const counts = { ...noCounts, queued: 7, delivered: 3 };
  const first = aRollup({ states: counts, segments: counts });
  const second = { ...first, states: { ...counts, queued: 6, delivered: 4 } };
  const history = watched(watched(null, first, 1), second, 2);
  expect(changedSince(history, second, 1)).toEqual({
    id: "c1",
    since: 1,
    states: { queued: 6, delivered: 4 },
  });
  expect(told(history, first, second, 1)).toEqual(second);
});

test("[S51] the whole is told where nobody watched, and where something went away", () => {
  const first = aRollup({ series: [aPoint(0, 5)] });
  expect(changedSince(watched(null, first, 7), first, 6)).toBe(first);
  const folded = { ...first, spanMs: 5 * minute };
  expect(changedSince(watched(watched(null, first, 7), folded, 8), folded, 7)).toBe(folded);
  const { marks: _marks, ...bare } = first;
  expect(changedSince(watched(watched(null, first, 7), bare, 8), bare, 7)).toBe(bare);
});

const anyRollup = fc
  .record({
    total: fc.nat(3),
    rate: fc.nat(2),
    spanMs: fc.constantFrom(minute, 5 * minute),
    points: fc.uniqueArray(fc.tuple(fc.nat(5), fc.nat(2)), { selector: ([at]) => at }),
    counts: fc.record({ queued: fc.nat(2), delivered: fc.nat(2) }),
    codes: fc.option(fc.constant({ published: 1, redeemed: 0, poolRedeemed: 0 })),
  })
  .map(({ total, rate, spanMs, points, counts, codes }) =>
    aRollup({
      total,
      rate,
      spanMs,
      states: { ...noCounts, ...counts },
      segments: { ...noCounts, queued: counts.queued },
      series: points.toSorted(([a], [b]) => a - b).map(([at, n]) => aPoint(at * minute, n)),
      ...(codes === null ? {} : { codes }),
    }),
  );

test("[S51] who was told late of an older state is told the whole", () => {
  const [one, two] = [aRollup({ rate: 1 }), aRollup({ rate: 2 })];
  const three = watched(watched(null, one, 1), one, 3);
  expect(told(watched(three, two, 2), two, one, 2)).toEqual(one);
});

test("[S51] wherever somebody stood and whenever it was looked at, they have the same in the end", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ rollup: anyRollup, isSeen: fc.boolean() }), { minLength: 1 }),
      (states) => {
        let history: RollupHistory | null = null;
        for (const [i, { rollup, isSeen }] of states.entries()) {
          if (!isSeen) continue;
          const ver = i + 1;
          history = watched(history, rollup, ver);
          for (const [before, had] of states.slice(0, ver).entries()) {
            // Who is told of a state was seen to be.
            if (!had.isSeen) continue;
            // To the letter: what is compared and hashed elsewhere keeps its order too.
            const has = told(history, had.rollup, rollup, before + 1);
            expect(JSON.stringify(has)).toBe(JSON.stringify(rollup));
          }
        }
      },
    ),
  );
});
