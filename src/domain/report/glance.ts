/** How a campaign went in one sentence, for whoever reads it on a lock screen: numbers alone. */
import { headline } from "./headline.ts";
import type { Rollup } from "./rollup.ts";
import { spokenIn, type SpokenLanguage } from "./spoken.ts";

/** In English where nobody said otherwise, as everything that leaves the system by itself. */
export function glanceOf(
  rollup: Pick<Rollup, "total" | "states">,
  language: SpokenLanguage = "en",
): string {
  const whole = new Intl.NumberFormat(language);
  const words = spokenIn(language);
  const { total, sent, delivered, failed, skipped, toGo } = headline(rollup);
  if (total === 0) return words.nobody;
  const parts = [words.sent(whole.format(sent), whole.format(total))];
  if (sent > 0) parts.push(words.delivered(shareOf(delivered, sent, language)));
  if (failed > 0) parts.push(words.failed(whole.format(failed)));
  if (skipped > 0) parts.push(words.skipped(whole.format(skipped)));
  if (toGo > 0) parts.push(words.toGo(whole.format(toGo)));
  return `${parts.join(words.comma)}.`;
}

/** All and nothing are said of all and of none alone: 99.96 % is not 100 %. */
function shareOf(part: number, of: number, language: SpokenLanguage): string {
  const share = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });
  if (part === of || part === 0) return share.format(part / of);
  return share.format(Math.min(0.999, Math.max(0.001, part / of)));
}
