/** The list of clicks in words. */
import type { ScannerSign, Visitor } from "#domain/engagement/click.ts";
import type { LinkReport } from "#domain/engagement/link-report.ts";
import type { ClickChoice, ClickItem } from "#lib/state/clicks.svelte.ts";
import type { Column } from "#lib/ui/table.ts";
import { countryName } from "./link-words.ts";

/** The first four are the columns of the link report that senders know. Where there is little room the device is left out. */
export function clickColumns(isTight: boolean): readonly Column[] {
  const columns: Column[] = [
    { key: "number", label: "Number or address", primary: true },
    { key: "location", label: "Location" },
    { key: "timestamp", label: "Time" },
    { key: "variable", label: "Link" },
    { key: "visitor", label: "Who" },
  ];
  return isTight ? columns : [...columns, { key: "device", label: "Device" }];
}

/** The rule is told in full above the list. */
const signNames = {
  robot: "a robot",
  prefetch: "asked ahead",
  too_soon: "too soon",
  several: "several links at once",
} as const satisfies Record<ScannerSign, string>;

/** "Person", or "Scanner: a robot". */
export function whoText({ visitor, sign }: Pick<ClickItem, "visitor" | "sign">): string {
  const who = visitorWords[visitor].one;
  return sign === null ? who : `${who}: ${signNames[sign]}`;
}

export const visitorWords = {
  person: { one: "Person", all: "People" },
  scanner: { one: "Scanner", all: "Scanners" },
} as const satisfies Record<Visitor, { readonly one: string; readonly all: string }>;

export function placeName(country: string): string {
  return country === "" ? "Not known" : countryName(country);
}

/** How many clicks fit, as the counters on this device have it. */
export function countOf(report: LinkReport, { link, visitor }: ClickChoice): number {
  const counted = link === null ? report : report.links.find(({ n }) => n === link);
  if (counted === undefined) return 0;
  const { person, scanner } = counted;
  if (visitor !== null) return counted[visitor].clicks;
  return person.clicks + scanner.clicks;
}
