/** How a campaign went in one sentence, for whoever reads it on a lock screen: numbers alone. */
import { headline } from "./headline.ts";
import type { Rollup } from "./rollup.ts";

const whole = new Intl.NumberFormat("en");
const share = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 1 });

/** In English, as everything that leaves the system by itself. */
export function glanceOf(rollup: Pick<Rollup, "total" | "states">): string {
  const { total, sent, delivered, failed, skipped, toGo } = headline(rollup);
  if (total === 0) return "There was nobody to send it to.";
  const parts = [`Sent to ${whole.format(sent)} of ${whole.format(total)}`];
  if (sent > 0) parts.push(`${shareOf(delivered, sent)} of them delivered so far`);
  if (failed > 0) parts.push(`${whole.format(failed)} failed`);
  if (skipped > 0) parts.push(`${whole.format(skipped)} skipped`);
  if (toGo > 0) parts.push(`${whole.format(toGo)} to go`);
  return `${parts.join(", ")}.`;
}

/** All and nothing are said of all and of none alone: 99.96 % is not 100 %. */
function shareOf(part: number, of: number): string {
  if (part === of || part === 0) return share.format(part / of);
  return share.format(Math.min(0.999, Math.max(0.001, part / of)));
}
