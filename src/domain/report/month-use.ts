/** What is used month by month. */
import { fromMicros, toMicros } from "../campaign/price.ts";
import type { Month } from "../schedule/month.ts";
import type { MonthUse } from "./rollup.ts";

/** Of several campaigns of one currency; the earliest first. An amount is left out where any is not known. */
export function sumMonths(all: readonly MonthUse[]): readonly MonthUse[] {
  const groups: ReadonlyMap<Month, readonly MonthUse[]> = Map.groupBy(all, ({ month }) => month);
  return [...groups]
    .map(([month, uses]) => ({
      month,
      messages: uses.reduce((sum, { messages }) => sum + messages, 0),
      segments: uses.reduce((sum, { segments }) => sum + segments, 0),
      ...amountOf(uses),
    }))
    .toSorted((a, b) => a.month - b.month);
}

function amountOf(uses: readonly MonthUse[]): Pick<MonthUse, "amount"> {
  const amounts = uses.flatMap(({ amount }) => (amount === undefined ? [] : [toMicros(amount)]));
  if (amounts.length < uses.length) return {};
  return { amount: fromMicros(amounts.reduce((sum, micros) => sum + micros, 0)) };
}
