/** Weekdays and hours as clocks of a zone show them. */
import type { Instant } from "#domain/core/time.ts";
import type { ClockHour, WeekHours } from "#domain/report/hours.ts";
import { formatDateTime, formatNumber, locale } from "#lib/i18n/format.ts";

/** A Monday, in UTC. */
const monday = Date.UTC(2024, 0, 1);
const dayMs = 86_400_000;

/** Monday first. */
export const weekdayNames: readonly string[] = Array.from({ length: 7 }, (_, day) =>
  new Intl.DateTimeFormat(locale, { weekday: "short", timeZone: "UTC" }).format(
    monday + day * dayMs,
  ),
);

export const hourNames: readonly string[] = Array.from({ length: 24 }, (_, hour) =>
  String(hour).padStart(2, "0"),
);

/** As the form below has them, in whatever language the page is. */
const dayNumbers = { Mon: 0, Tue: 1, Wed: 2, Thu: 3, Fri: 4, Sat: 5, Sun: 6 };

/** What clocks in the zone show at a moment, changes of the clocks included. */
export function clockIn(zone: string): (at: Instant) => ClockHour {
  const form = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    weekday: "short",
    hour: "2-digit",
    hourCycle: "h23",
  });
  // Asked again with every change of the counters, which are many: a moment shows the same for ever.
  const known = new Map<Instant, ClockHour>();
  return (at) => {
    const shown = known.get(at) ?? shownAt(form, at);
    known.set(at, shown);
    return shown;
  };
}

function shownAt(form: Intl.DateTimeFormat, at: Instant): ClockHour {
  const parts = new Map(form.formatToParts(at).map(({ type, value }) => [type, value]));
  return {
    weekday: Object.entries(dayNumbers).find(([day]) => day === parts.get("weekday"))?.[1] ?? 0,
    hour: Number(parts.get("hour") ?? "0") % 24,
  };
}

/** "Most on Tue at 14: 312 of 1,480 delivered." */
export function hoursSentence({ cells, total, unknown }: WeekHours, what: string): string {
  if (total === 0) {
    return unknown === 0
      ? `Nothing was ${what} yet.`
      : `It went on for so long that only days are kept: ${formatNumber(unknown)} ${what}, at hours that nobody knows any more.`;
  }
  let best = { day: 0, hour: 0, n: 0 };
  cells.forEach((row, day) => {
    row.forEach((n, hour) => {
      if (n > best.n) best = { day, hour, n };
    });
  });
  const rest = unknown === 0 ? "" : ` ${formatNumber(unknown)} more are kept by the day only.`;
  // Whole: in a text from right to left its parts would change places.
  const clock = `${hourNames[best.hour]}:00`;
  return `Most on ${weekdayNames[best.day]} from ${clock}: ${formatNumber(best.n)} of ${formatNumber(total)} ${what}.${rest}`;
}

/** Where the hours of a long campaign are from: the server told them once, or has to be asked. */
export function hoursNote(hours: {
  /** Null: neither this device nor the server told them. */
  readonly asOf: Instant | null;
  /** What came after they were told. */
  readonly since: number;
  readonly isReached: boolean;
  /** Why the server did not tell them. */
  readonly trouble: string | null;
}): string {
  const { asOf, since, isReached, trouble } = hours;
  if (asOf !== null) {
    const rest = since === 0 ? "" : ` ${formatNumber(since)} more came after that.`;
    return `Hours as of ${formatDateTime(asOf)}.${rest}`;
  }
  if (!isReached)
    return "It went on for long, and this device has days only: hours come with a network.";
  if (trouble !== null)
    return `This device has days only, and the server did not tell the hours: ${trouble}.`;
  return "It went on for long: its hours are on their way.";
}
