/** The name of what segments and usage tell: the same on a device, in its files and over the API. */
import { snapshotOfTotals } from "./snapshot.ts";
import type { Usage, UsageFilter } from "./usage.ts";

/** `zone`: of whose clocks months are. Who was reached, in contacts, is counted apart. */
export function usageSnapshot(
  { from, to, type, carrier }: UsageFilter,
  zone: string,
  usage: Usage,
): string {
  const between = { from: endOf(from), to: endOf(to) };
  const asked = { ...between, type, carrier: carrier?.toLowerCase() ?? null, zone };
  return snapshotOfTotals({ usage: asked, digits: usage });
}

/** null: it has none. */
function endOf(at: number): number | null {
  return Number.isFinite(at) ? at : null;
}
