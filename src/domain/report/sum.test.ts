import { expect, test } from "vitest";
import type { LinkReport } from "../engagement/link-report.ts";
import { noCounts } from "../message/state.ts";
import type { Rollup } from "./rollup.ts";
import { sumRollups } from "./sum.ts";

function aRollup(over: Partial<Rollup>): Rollup {
  const nothing = { states: noCounts, segments: noCounts, reasons: [], series: [] };
  return { id: "run", total: 0, ...nothing, spanMs: 60_000, rate: 0, at: 1, ...over };
}

test("S0-D1 what repeats has come to the sum of its runs, states, segments, reasons and marks", () => {
  const failed = { state: "failed", reason: "invalid_address" } as const;
  const one = aRollup({
    total: 3,
    states: { ...noCounts, delivered: 2, failed: 1 },
    segments: { ...noCounts, delivered: 4, failed: 1 },
    reasons: [{ ...failed, n: 1 }],
    marks: { recovered: 1 },
    rate: 2,
  });
  const two = aRollup({
    total: 2,
    states: { ...noCounts, failed: 2 },
    segments: { ...noCounts, failed: 6 },
    reasons: [{ ...failed, n: 2, segments: 6 }],
    marks: { recovered: 2 },
  });
  expect(sumRollups("campaign", [one, two], 9)).toMatchObject({
    id: "campaign",
    total: 5,
    states: { delivered: 2, failed: 3 },
    segments: { delivered: 4, failed: 7 },
    reasons: [{ ...failed, n: 3, segments: 7 }],
    marks: { recovered: 3 },
    rate: 2,
    at: 9,
  });
});

const link = {
  n: 1,
  name: "Offer",
  url: "https://shop.example",
  person: { clicks: 3, recipients: 2 },
  scanner: { clicks: 0, recipients: 0 },
  firstAt: 10,
  lastAt: 30,
};
const links: LinkReport = {
  person: { clicks: 3, recipients: 2 },
  scanner: { clicks: 0, recipients: 0 },
  devices: [{ name: "phone", clicks: 3, recipients: 2 }],
  systems: [{ name: "", clicks: 3, recipients: 2 }],
  countries: [{ name: "", clicks: 3, recipients: 2 }],
  links: [link],
};

test("S1-15 I-6 the links of its runs are one sum, told by their addresses, in whatever order the runs come", () => {
  const other = { ...link, name: "News", url: "https://news.example", lastAt: 20, firstAt: 5 };
  const later: LinkReport = {
    ...links,
    countries: [
      { name: "DE", clicks: 9, recipients: 5 },
      { name: "", clicks: 1, recipients: 1 },
    ],
    links: [other, { ...link, n: 2, name: "To the offer", firstAt: null, lastAt: null }],
  };
  const runs = [aRollup({ id: "run-1", links }), aRollup({ id: "run-2", links: later })];
  const sum = sumRollups("campaign", runs, 9);
  expect(sumRollups("campaign", runs.toReversed(), 9)).toEqual(sum);
  expect(sum.links).toMatchObject({
    person: { clicks: 6, recipients: 4 },
    countries: [
      { name: "DE", clicks: 9, recipients: 5 },
      { name: "", clicks: 4, recipients: 3 },
    ],
    links: [
      { n: 1, name: "To the offer", person: { clicks: 6, recipients: 4 }, firstAt: 10, lastAt: 30 },
      { n: 2, name: "News", person: { clicks: 3, recipients: 2 }, firstAt: 5, lastAt: 20 },
    ],
  });
});

test("two links to one address stay two, whatever stands before them", () => {
  const second = { ...link, n: 2, name: "Again" };
  const moved = [
    { ...link, n: 1, url: "https://news.example" },
    { ...link, n: 2 },
    { ...second, n: 3 },
  ];
  const runs = [
    aRollup({ id: "run-1", links: { ...links, links: [link, second] } }),
    aRollup({ id: "run-2", links: { ...links, links: moved } }),
  ];
  const told = sumRollups("campaign", runs, 9).links?.links ?? [];
  expect(told.map(({ n, url, person }) => [n, url, person.clicks])).toEqual([
    [1, link.url, 6],
    [2, link.url, 6],
    [3, "https://news.example", 3],
  ]);
});

test("opens are summed over the runs that tell of them, and left out where none does", () => {
  const opens = {
    person: { opens: 3, recipients: 2 },
    scanner: { opens: 1, recipients: 1 },
    byProxy: 1,
  };
  const runs = [aRollup({ opens }), aRollup({}), aRollup({ opens })];
  expect(sumRollups("campaign", runs, 9).opens).toEqual({
    person: { opens: 6, recipients: 4 },
    scanner: { opens: 2, recipients: 2 },
    byProxy: 2,
  });
  expect(sumRollups("campaign", [aRollup({})], 9)).not.toHaveProperty("opens");
});
