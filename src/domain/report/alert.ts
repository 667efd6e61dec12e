/** What a person wants to hear of as soon as it is true of a campaign: a share beyond a threshold. */
import type { Channel } from "../campaign/channel.ts";
import type { Id } from "../core/id.ts";
import type { AlertMeasure } from "./alert-measure.ts";
import { headline } from "./headline.ts";
import type { Rollup } from "./rollup.ts";
import { spokenIn, type SpokenLanguage } from "./spoken.ts";

export interface Alert {
  readonly id: Id;
  readonly measure: AlertMeasure;
  /** A share, 0 to 1: it is told once the measure is greater. */
  readonly above: number;
  /** Fewer than these say nothing yet. */
  readonly least: number;
  /** It watches campaigns of these alone; none: all. */
  readonly channels: readonly Channel[];
  /** In which it is told; left out: English. */
  readonly language?: SpokenLanguage;
}

/** More than anybody watches. */
export const mostAlerts = 20;

interface Share {
  readonly count: number;
  readonly of: number;
}

/**
 * `failed`: of all that were tried, those that a provider refused or that did not arrive.
 * `skipped`: of all recipients, those who were left out. The others: of those that arrived.
 */
export function measured(
  measure: AlertMeasure,
  rollup: Pick<Rollup, "total" | "states" | "marks">,
): Share {
  const { total, sent, delivered, failed, skipped } = headline(rollup);
  if (measure === "failed") return { count: failed, of: sent + failed };
  if (measure === "skipped") return { count: skipped, of: total };
  return { count: rollup.marks?.[measure] ?? 0, of: delivered };
}

export function isBeyond(
  { measure, above, least }: Pick<Alert, "measure" | "above" | "least">,
  rollup: Pick<Rollup, "total" | "states" | "marks">,
): boolean {
  const { count, of } = measured(measure, rollup);
  return of >= least && count > above * of;
}

/** The threshold in words; in English where nobody said otherwise. */
export function alertWords({
  measure,
  above,
  language = "en",
}: Pick<Alert, "measure" | "above" | "language">): string {
  const percent = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });
  return spokenIn(language).alert[measure](percent.format(above));
}
