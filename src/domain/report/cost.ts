/** What messages cost, as the account's price says. */
import type { Price } from "../campaign/account.ts";

export interface Cost {
  /** ISO 4217, `EUR`. */
  readonly currency: string;
  readonly amount: number;
  /** What was counted: SMS segments, or messages on other channels. */
  readonly units: number;
}

/** A price is exact to the millionth; so that no sum gains or loses by it, it is counted in them. */
const micros = 1_000_000;

/** null where no price is set. */
export function costOf(units: number, price: Price | null | undefined): Cost | null {
  if (price === null || price === undefined) return null;
  const { currency, perUnit } = price;
  return { currency, amount: (Math.round(perUnit * micros) * units) / micros, units };
}

/** The sum of several; null where there is none, or where they are in different currencies. */
export function sumCosts(costs: readonly (Cost | null | undefined)[]): Cost | null {
  const known = costs.flatMap((cost) => cost ?? []);
  const [first] = known;
  if (first === undefined) return null;
  const { currency } = first;
  if (known.some((cost) => cost.currency !== currency)) return null;
  const sum = (what: "amount" | "units"): number =>
    known.reduce((all, cost) => all + Math.round(cost[what] * micros), 0) / micros;
  return { currency, amount: sum("amount"), units: sum("units") };
}
