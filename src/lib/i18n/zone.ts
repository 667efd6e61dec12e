/** Dates and times as a person types them in a zone, and the moments that they mean. */
import { minuteMs, type Instant } from "#domain/core/time.ts";

export function deviceZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Every zone that the browser knows, the device's own first. */
export function zones(): readonly string[] {
  const own = deviceZone();
  return [own, ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== own)];
}

export interface WallTime {
  /** `2026-11-21`, as a date field has it. */
  readonly date: string;
  /** `15:30`. */
  readonly time: string;
}

/** What clocks in the zone show at a moment. */
export function wallTimeOf(at: Instant, zone: string): WallTime {
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  }).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes): string =>
    parts.find((one) => one.type === type)?.value ?? "";
  return {
    date: `${part("year").padStart(4, "0")}-${part("month")}-${part("day")}`,
    time: `${part("hour")}:${part("minute")}`,
  };
}

/**
 * The moment at which clocks in the zone show this; null when it is not a date and a time. In the
 * hour that is skipped in spring it is the moment after the skip, in the doubled one the first.
 */
export function instantOf({ date, time }: WallTime, zone: string): Instant | null {
  const asUtc = Date.parse(`${date}T${time}Z`);
  if (Number.isNaN(asUtc)) return null;
  const early = asUtc - offsetMs(asUtc, zone);
  const candidates = [asUtc - offsetMs(early - 3 * 60 * minuteMs, zone), early];
  const exact = candidates.filter((at) => at + offsetMs(at, zone) === asUtc);
  return exact.length === 0 ? Math.max(...candidates) : Math.min(...exact);
}

/** How far clocks in the zone are ahead of UTC at a moment. */
function offsetMs(at: Instant, zone: string): number {
  const { date, time } = wallTimeOf(at, zone);
  return Date.parse(`${date}T${time}Z`) - Math.floor(at / minuteMs) * minuteMs;
}
