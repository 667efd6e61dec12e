/** What there is to choose from where the rows are not on the device. */
import { sizeOf } from "#domain/report/carriers.ts";
import type { Rollup } from "#domain/report/rollup.ts";
import type { Choices } from "./query.ts";

/** As the counters tell it; which text each carries nothing counts. */
export function choicesOf(rollup: Pick<Rollup, "reasons" | "carriers"> | null): Choices {
  const told = (rollup?.carriers ?? []).filter(({ isRest = false }) => !isRest);
  const named = Map.groupBy(told, ({ carrier }) => carrier);
  const carriers = [...named].map(([carrier, rows]) => {
    return { carrier, n: rows.reduce((sum, row) => sum + sizeOf(row, "n"), 0) };
  });
  const why = Map.groupBy(rollup?.reasons ?? [], ({ reason }) => reason);
  const reasonsOf = [...why].map(([reason, rows]) => {
    return { reason, n: rows.reduce((sum, { n }) => sum + n, 0) };
  });
  return { reasons: reasonsOf, carriers, editions: [] };
}
