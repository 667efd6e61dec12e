/** What is said of a report that is kept on a device. */
import { dayMs, type Instant } from "#domain/core/time.ts";
import { formatDateTime, formatNumber, formatTime } from "#lib/i18n/format.ts";
import type { OfflineReport, PinRoom } from "#lib/state/pins.svelte.ts";

/** `as of 14:05`; with its day when that is not today. */
export function ageText(asOf: Instant, now: Instant): string {
  const isToday =
    Math.abs(now - asOf) < dayMs && new Date(asOf).getDate() === new Date(now).getDate();
  return `as of ${isToday ? formatTime(asOf) : formatDateTime(asOf)}`;
}

/** `all of it`, or `12 of 40 parts`. */
export function completenessText({
  isComplete,
  parts,
  allParts,
}: Pick<OfflineReport, "isComplete" | "parts" | "allParts">): string {
  if (isComplete) return "all of it";
  if (allParts === 0) return "waiting for the server";
  return `${formatNumber(parts)} of ${formatNumber(allParts)} parts`;
}

/** `940 kB`, `12 MB`. */
export function sizeText(bytes: number): string {
  if (bytes < 1_000_000) return `${formatNumber(Math.max(1, Math.round(bytes / 1_000)))} kB`;
  return `${formatNumber(Math.round(bytes / 1_000_000))} MB`;
}

export function tooLargeText(tooLarge: NonNullable<PinRoom["tooLarge"]>): string {
  switch (tooLarge) {
    case "recipients":
      return "Too many recipients to keep offline: all kept reports together may have 1,000,000.";
    case "bytes":
      return "No room to keep it offline: kept reports may take 250 MB. Remove another one first.";
    case "quota":
      return "This browser has no room to keep it offline. Free space on the device first.";
  }
}
