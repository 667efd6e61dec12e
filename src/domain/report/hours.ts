/** When in the week things happened: counts by weekday and hour, by the clocks of one zone. */
import { hourMs, type Instant } from "../core/time.ts";
import type { Rollup } from "./rollup.ts";

/** What a cell counts. */
export const heatCounts = ["delivered", "opened"] as const;

export type HeatCount = (typeof heatCounts)[number];

export interface ClockHour {
  /** 0: Monday, 6: Sunday. */
  readonly weekday: number;
  /** 0 to 23. */
  readonly hour: number;
}

export interface WeekHours {
  /** Seven days of 24 hours. */
  readonly cells: readonly (readonly number[])[];
  readonly total: number;
  /** Of what was counted: how many fell in spans longer than an hour, whose hour nobody knows. */
  readonly unknown: number;
}

type Source = Pick<Rollup, "series" | "spanMs">;

/** `clockOf`: what clocks show at a moment. A span counts where it begins. */
export function weekHours(
  sources: readonly Source[],
  what: HeatCount,
  clockOf: (at: Instant) => ClockHour,
): WeekHours {
  const cells = Array.from({ length: 7 }, () => Array.from({ length: 24 }, () => 0));
  let total = 0;
  let unknown = 0;
  for (const { series, spanMs } of sources) {
    for (const { at, entered } of series) {
      const n = (what === "opened" ? entered.read : entered.delivered) ?? 0;
      if (n === 0) continue;
      if (spanMs > hourMs) {
        unknown += n;
        continue;
      }
      const { weekday, hour } = clockOf(at);
      const row = cells[weekday];
      if (row === undefined) continue;
      row[hour] = (row[hour] ?? 0) + n;
      total += n;
    }
  }
  return { cells, total, unknown };
}
