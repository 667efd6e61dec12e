import fc from "fast-check";
import { expect, test } from "vitest";
import { messageStates, noCounts, type StateCounts } from "../message/state.ts";
import { bandCounts, bandOf, bands } from "./band.ts";
import { headline } from "./headline.ts";

const counts = fc
  .array(fc.nat(100_000), { minLength: messageStates.length, maxLength: messageStates.length })
  .map((numbers): StateCounts => {
    const result: Record<string, number> = { ...noCounts };
    messageStates.forEach((state, index) => (result[state] = numbers[index] ?? 0));
    return { ...noCounts, ...result };
  });

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

test("I-6 the bands add up to the states, whatever the counts", () => {
  fc.assert(
    fc.property(counts, (states) => {
      expect(sum(Object.values(bandCounts(states)))).toBe(sum(Object.values(states)));
    }),
  );
});

test("the bands say the same as the counters of the headline", () => {
  fc.assert(
    fc.property(counts, (states) => {
      const total = sum(Object.values(states));
      const counters = headline({ total, states });
      const inBands = bandCounts(states);
      expect(inBands.delivered).toBe(counters.delivered);
      expect(inBands.delivered + inBands.unconfirmed).toBe(counters.sent);
      expect(inBands.failed).toBe(counters.failed);
      expect(inBands.skipped).toBe(counters.skipped);
      expect(inBands.toGo).toBe(counters.toGo);
    }),
  );
});

test("every state counts into the band that it is said to be in", () => {
  for (const state of messageStates) {
    const found = bandCounts({ [state]: 7 });
    for (const band of bands) expect(found[band]).toBe(band === bandOf[state] ? 7 : 0);
  }
});
