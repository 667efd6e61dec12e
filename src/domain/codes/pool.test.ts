import { expect, test } from "vitest";
import { redemptionRate } from "./pool.ts";

test("AMB-01 the redemption rate is a part of one, and nothing where no code is published", () => {
  expect(redemptionRate({ published: 0, redeemed: 0 })).toBeNull();
  expect(redemptionRate({ published: 8, redeemed: 2 })).toBe(0.25);
  expect(redemptionRate({ published: 8, redeemed: 8 })).toBe(1);
});
