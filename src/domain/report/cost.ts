/** What messages cost, as the account's price says. */
import { fromMicros, hasRates, toMicros, type Micros, type Price } from "../campaign/price.ts";

export interface Cost {
  /** ISO 4217, `EUR`. */
  readonly currency: string;
  readonly amount: number;
  /** What was counted: SMS segments, or messages on other channels. */
  readonly units: number;
}

/** At the price that holds where no rate fits; null where none is set. */
export function costOf(units: number, price: Price | null | undefined): Cost | null {
  if (price === null || price === undefined) return null;
  return costIn(price, { units, micros: toMicros(price.perUnit) * units });
}

/** What was counted by the addresses that it went to; null where no price is set. */
export function costIn(
  price: Pick<Price, "currency"> | null | undefined,
  { units, micros }: { readonly units: number; readonly micros: Micros },
): Cost | null {
  if (price === null || price === undefined) return null;
  return { currency: price.currency, amount: fromMicros(micros), units };
}

/**
 * What sending again to some of a campaign's people will cost. Where prices depend on numbers, and
 * whose they are is not known here, each unit is taken to cost what the campaign's cost so far.
 */
export function costAgain(
  units: number,
  price: Price | null | undefined,
  soFar: Cost | null | undefined,
): Cost | null {
  const isKnown = soFar !== null && soFar !== undefined && soFar.units > 0;
  if (!isKnown || !hasRates(price) || soFar.currency !== price?.currency) {
    return costOf(units, price);
  }
  const micros = Math.round((toMicros(soFar.amount) * units) / soFar.units);
  return costIn(price, { units, micros });
}

/** The sum of several; null where there is none, or where they are in different currencies. */
export function sumCosts(costs: readonly (Cost | null | undefined)[]): Cost | null {
  const known = costs.flatMap((cost) => cost ?? []);
  const [first] = known;
  if (first === undefined) return null;
  const { currency } = first;
  if (known.some((cost) => cost.currency !== currency)) return null;
  const micros = known.reduce((all, { amount }) => all + toMicros(amount), 0);
  return costIn({ currency }, { units: known.reduce((all, { units }) => all + units, 0), micros });
}
