/** The figures that a report begins with: a rate first, then its count, then its change. */
import type { Measures } from "./measures.ts";

export const kpis = [
  "submitted",
  "delivered",
  "failed",
  "opened",
  "clicked",
  "redeemed",
  "optedOut",
  "skipped",
] as const;

export type Kpi = (typeof kpis)[number];

export interface Figure {
  readonly kpi: Kpi;
  readonly count: number;
  /** What the count is a part of; null where it is no part of anything. */
  readonly of: number | null;
  /**
   * count / of, from 0 to 1; null where there is nothing to be a part of. What was submitted before
   * the range began and answered in it counts in it, so more may be answered than was submitted: that
   * is 1.
   */
  readonly rate: number | null;
}

export interface ComparedFigure extends Figure {
  readonly before: Figure | null;
  /** (count − before) / before; null where there was nothing before. */
  readonly change: number | null;
  /** rate − rate before, in parts of 1. */
  readonly rateChange: number | null;
}

/** Each of `kpis`, in their order; `before`: what they are compared with, null: nothing. */
export function figuresOf(now: Measures, before: Measures | null): readonly ComparedFigure[] {
  return kpis.map((kpi) => {
    const figure = figureOf(kpi, now);
    const was = before === null ? null : figureOf(kpi, before);
    const isRated = figure.rate !== null && was !== null && was.rate !== null;
    return {
      ...figure,
      before: was,
      change: was === null || was.count === 0 ? null : (figure.count - was.count) / was.count,
      rateChange: isRated ? (figure.rate ?? 0) - (was.rate ?? 0) : null,
    };
  });
}

export function figureOf(kpi: Kpi, counts: Measures): Figure {
  const { count, of } = parts[kpi](counts);
  return { kpi, count, of, rate: of === null || of === 0 ? null : Math.min(1, count / of) };
}

type Share = Pick<Figure, "count" | "of">;

/** What each is a part of: the definition that a person reads says the same. */
const parts = {
  submitted: ({ submitted }): Share => ({ count: submitted, of: null }),
  delivered: ({ submitted, delivered }): Share => ({ count: delivered, of: submitted }),
  failed: ({ submitted, failed, undelivered }): Share => ({
    count: failed + undelivered,
    of: submitted + failed,
  }),
  opened: ({ delivered, opened }): Share => ({ count: opened, of: delivered }),
  clicked: ({ delivered, clicked }): Share => ({ count: clicked, of: delivered }),
  redeemed: ({ withCode, redeemed }): Share => ({ count: redeemed, of: withCode }),
  optedOut: ({ delivered, optedOut }): Share => ({ count: optedOut, of: delivered }),
  skipped: ({ submitted, failed, skipped }): Share => ({
    count: skipped,
    of: submitted + failed + skipped,
  }),
} as const satisfies Record<Kpi, (counts: Measures) => Share>;
