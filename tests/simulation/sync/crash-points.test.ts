import "fake-indexeddb/auto";
import { expect, test } from "vitest";
import { tellStory, type Mortal } from "./crash-points.ts";

const mortals: readonly Mortal[] = ["tab", "server"];

test.each(mortals)(
  "[S1] the %s may die at every call that it makes",
  { timeout: 300_000 },
  async (mortal) => {
    const { places, violation } = await tellStory(mortal, null);
    expect(violation).toBeNull();
    expect(places).toBeGreaterThan(50);
    const broken: string[] = [];
    for (let place = 0; place < places; place++) {
      const told = await tellStory(mortal, place);
      if (told.violation !== null) broken.push(told.violation);
    }
    expect(broken).toEqual([]);
  },
);
