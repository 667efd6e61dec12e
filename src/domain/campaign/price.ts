/**
 * What a provider asks for a message: one price for each SMS segment, or each message on other
 * channels, and other ones where numbers begin in a certain way. Counted in millionths of the
 * currency, so that no sum gains or loses by rounding.
 */

/** What is asked where an address begins with a prefix: `+49`, `+49151`. */
export interface Rate {
  /** In international form: a plus and the first digits. */
  readonly prefix: string;
  /** Exact to the millionth. */
  readonly perUnit: number;
}

export interface Price {
  /** ISO 4217, `EUR`. */
  readonly currency: string;
  /** Exact to the millionth; where no rate fits. */
  readonly perUnit: number;
  /** The one with the longest prefix that fits is asked; left out: `perUnit` everywhere. */
  readonly rates?: readonly Rate[];
}

/** Millionths of a currency. */
export type Micros = number;

const microsOfOne = 1_000_000;

/** More than there are countries and the networks of the large ones. */
export const mostRates = 1_000;

export function toMicros(amount: number): Micros {
  return Math.round(amount * microsOfOne);
}

export function fromMicros(micros: Micros): number {
  return micros / microsOfOne;
}

/** What one unit costs, by the address that it goes to. */
export type Tariff = (address: string) => Micros;

/** Reads a price once, to be asked for many addresses. No price: nothing costs anything. */
export function createTariff(price: Price | null | undefined): Tariff {
  if (price === null || price === undefined) return () => 0;
  const usual = toMicros(price.perUnit);
  if (!hasRates(price)) return () => usual;
  const known = new Map(price.rates?.map(({ prefix, perUnit }) => [prefix, toMicros(perUnit)]));
  const longest = Math.max(...[...known.keys()].map((prefix) => prefix.length));
  return (address) => {
    for (let length = Math.min(longest, address.length); length > 1; length--) {
      const rate = known.get(address.slice(0, length));
      if (rate !== undefined) return rate;
    }
    return usual;
  };
}

/** Whether it depends on the address. */
export function hasRates(price: Price | null | undefined): boolean {
  return (price?.rates?.length ?? 0) > 0;
}

/** The lowest and the highest that one unit may cost. */
export function spanOf({ perUnit, rates = [] }: Price): {
  readonly least: number;
  readonly most: number;
} {
  const all = [perUnit, ...rates.map((rate) => rate.perUnit)];
  return { least: Math.min(...all), most: Math.max(...all) };
}

/** The price that all of these have; null where they differ, or one depends on the address. */
export function commonPrice(prices: readonly (Price | null | undefined)[]): Price | null {
  const [first = null, ...others] = prices.flatMap((price) => price ?? []);
  if (first === null || hasRates(first)) return null;
  const isSame = (other: Price): boolean =>
    !hasRates(other) && other.currency === first.currency && other.perUnit === first.perUnit;
  return others.every(isSame) ? first : null;
}
