/** Figures of a report that are neither counts nor shares. */
import { locale } from "./format.ts";

/** `1.84`: no more digits than asked for. */
export function formatDecimal(value: number, digits: number): string {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value);
}

/** What one costs: a part of a cent is told too. */
export function formatUnitPrice(amount: number, currency: string): string {
  const form = { style: "currency", currency, maximumFractionDigits: 4 } as const;
  return new Intl.NumberFormat(locale, form).format(amount);
}
