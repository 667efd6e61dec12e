// Where the people of a run live, what is known of it, and what their clocks show: worked out here
// by hand and by the platform's own calendar, not by the product's rules.
import type { DailySpan, QuietHours } from "#domain/schedule/quiet-hours.ts";
import type { ContactSeed } from "../../support/delivery/world.ts";

interface Place {
  readonly known: Pick<ContactSeed, "timeZone" | "country">;
  /** Every zone that they may be in; null: nobody can tell. */
  readonly zones: readonly string[] | null;
  /** By whose clocks they are written to. */
  readonly home: string;
}

/** The zone of the campaigns, and the one of the workspace's rules. */
export const campaignZone = "Europe/Berlin";
const workspaceZone = "Europe/London";

const berlin: Place = {
  known: { timeZone: "Europe/Berlin", country: "DE" },
  zones: ["Europe/Berlin"],
  home: "Europe/Berlin",
};

const places: readonly [Place, ...Place[]] = [
  berlin,
  { known: { timeZone: "Asia/Tokyo" }, zones: ["Asia/Tokyo"], home: "Asia/Tokyo" },
  { known: { country: "IN" }, zones: ["Asia/Kolkata"], home: "Asia/Kolkata" },
  {
    known: { timeZone: "America/New_York", country: "US" },
    zones: ["America/New_York"],
    home: "America/New_York",
  },
  {
    known: { country: "PT" },
    zones: ["Europe/Lisbon", "Atlantic/Azores", "Atlantic/Madeira"],
    home: "Europe/Lisbon",
  },
  { known: { country: "" }, zones: null, home: campaignZone },
  // What the field says is no zone; the city that everybody of a run lives in is Berlin.
  { ...berlin, known: { timeZone: "Mars/Olympus_Mons", country: "DE" } },
];

/** Where the nth person of a run lives. */
export function placeOf(n: number): Place {
  return places[n % places.length] ?? places[0];
}

export interface Moment {
  readonly at: number;
  /** Whether the campaign was planned for a time in its zone. */
  readonly isPlanned: boolean;
}

/** Whether it is quiet for them in any place where they may be. */
export function isQuiet(n: number, rule: QuietHours, { at, isPlanned }: Moment): boolean {
  const { known, zones: theirs } = placeOf(n);
  const zones = theirs ?? (isPlanned ? [campaignZone, workspaceZone] : [workspaceZone]);
  const span = rule.countries[known.country ?? "DE"] ?? rule;
  return zones.some((zone) => isWithin(span, clocksAt(at, zone).slice(11)));
}

/** What clocks show where they live, as `2026-11-21T13:05`. */
export function homeClocks(n: number, at: number): string {
  return clocksAt(at, placeOf(n).home);
}

function isWithin({ from, to }: DailySpan, time: string): boolean {
  return from < to ? from <= time && time < to : from <= time || time < to;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Swedes write a date and a time as ISO 8601 does. */
export function clocksAt(at: number, timeZone: string): string {
  const known =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" });
  formats.set(timeZone, known);
  return known.format(at).replace(" ", "T");
}
