import { expect, test } from "vitest";
import { noCounts } from "../message/state.ts";
import { editReach } from "./edit-reach.ts";
import type { Rollup } from "./rollup.ts";

const rollup: Rollup = {
  id: "c",
  total: 21,
  states: {
    ...noCounts,
    queued: 6,
    skipped: 2,
    ambiguous: 1,
    submitted: 3,
    delivered: 5,
    failed: 4,
  },
  segments: noCounts,
  reasons: [
    { state: "skipped", reason: "no_consent", n: 2 },
    { state: "failed", reason: "render_failed", n: 1 },
  ],
  spanMs: 60_000,
  series: [],
  rate: 0,
  at: 0,
};

test("who was written to had the earlier text, who is queued gets the new one, others neither", () => {
  expect(editReach(rollup)).toEqual({ earlier: 12, later: 6 });
});
