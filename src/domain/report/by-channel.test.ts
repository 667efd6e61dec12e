import { expect, test } from "vitest";
import { countsByChannel } from "./by-channel.ts";

const sms = {
  campaign: { type: "sms" },
  rollup: {
    series: [
      { at: 10, entered: { submitted: 5, failed: 1 } },
      { at: 20, entered: { submitted: 1, delivered: 4, undelivered: 2 }, marked: { recovered: 1 } },
    ],
  },
} as const;
const mail = {
  campaign: { type: "email" },
  rollup: { series: [{ at: 20, entered: { submitted: 9, delivered: 9 } }] },
} as const;
const unsent = { campaign: { type: "email" }, rollup: null } as const;

test("S0-08 S0-09 each channel has its own counts, the busiest first", () => {
  expect(countsByChannel([sms, mail, sms, unsent], { from: -Infinity, to: Infinity })).toEqual([
    { channel: "sms", sent: 12, delivered: 8, failed: 6, recovered: 2 },
    { channel: "email", sent: 9, delivered: 9, failed: 0, recovered: 0 },
  ]);
});

test("S0-10 only what happened in the range counts: its start is in it, its end is not", () => {
  expect(countsByChannel([sms, mail], { from: 10, to: 20 })).toEqual([
    { channel: "sms", sent: 5, delivered: 0, failed: 1, recovered: 0 },
  ]);
  expect(countsByChannel([sms, mail], { from: 21, to: 99 })).toEqual([]);
});
