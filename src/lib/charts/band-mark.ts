/** The colour in which each band is drawn: the one palette of statuses, as everywhere. */
import type { Band } from "#domain/report/band.ts";

export const bandMark = {
  delivered: "var(--status-delivered-mark)",
  unconfirmed: "var(--status-submitted-mark)",
  failed: "var(--status-failed-mark)",
  skipped: "var(--status-skipped-mark)",
  toGo: "var(--line)",
} as const satisfies Record<Band, string>;
