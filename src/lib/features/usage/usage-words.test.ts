import { expect, test } from "vitest";
import { costsText } from "./usage-words.ts";

test("money is told as each currency has it, not with two decimals for all", () => {
  expect(costsText([{ currency: "EUR", amount: 0.8 }])).toBe("€0.80");
  const both = [
    { currency: "EUR", amount: 1_234.5 },
    { currency: "JPY", amount: 1_200 },
  ];
  expect(costsText(both)).toBe("€1,234.50, ¥1,200");
  expect(costsText([])).toBe("–");
});
