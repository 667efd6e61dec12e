import { expect, test } from "vitest";
import { codeFacts } from "./code-facts.ts";

const values = (codes: Parameters<typeof codeFacts>[0]) =>
  codeFacts(codes).map(({ value }) => value);

test("S0-23 S0-24 S0-26 AMB-01 the report tells codes published and redeemed, and no rate where none is published", () => {
  expect(values({ published: 1_000, redeemed: 250, poolRedeemed: 300 })).toEqual([
    "1,000",
    "250",
    "25%",
    "300",
  ]);
  expect(values({ published: 0, redeemed: 0, poolRedeemed: 3 })).toEqual(["0", "0", "–", "3"]);
  expect(values(undefined)).toEqual([]);
});
