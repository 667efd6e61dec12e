/** What came of tracked links, in words. */
import type { Device } from "#domain/engagement/click.ts";
import type { LinkReport, Share } from "#domain/engagement/link-report.ts";
import { formatCount, formatNumber, formatPercent } from "#lib/i18n/format.ts";
import { lazily } from "#lib/i18n/lazily.ts";
import { language } from "#lib/i18n/text.ts";

const deviceWords = {
  phone: "Phone",
  tablet: "Tablet",
  computer: "Computer",
  other: "Other",
} as const satisfies Record<Device, string>;

const regions = lazily(() => new Intl.DisplayNames(language, { type: "region", fallback: "code" }));

export function deviceName(name: string): string {
  return Object.entries(deviceWords).find(([device]) => device === name)?.[1] ?? "Other";
}

export function systemName(name: string): string {
  return name === "" ? "Not known" : name;
}

export function countryName(code: string): string {
  return code === "" ? "Elsewhere, or not known" : (regions().of(code) ?? code);
}

/** Said where the runs of a campaign that repeats are one sum. */
export const runsWords =
  "All its runs together. A recipient counts once in each run, as among those who were written to.";

/** How many people clicked, of all who were written to. */
export function linksSentence({ person, scanner }: LinkReport, total: number): string {
  if (person.clicks === 0) return "Nobody followed a link yet.";
  const share = total === 0 ? "" : ` (${formatPercent(person.recipients / total)})`;
  const people = `${formatCount(person.recipients, "recipient")}${share} followed a link, ${formatCount(person.clicks, "click")} in all.`;
  if (scanner.clicks === 0) return people;
  return `${people} Not counted among them: ${formatCount(scanner.clicks, "click")} of scanners.`;
}

export function sharesSentence(shares: readonly Share[], nameOf: (name: string) => string): string {
  const [first] = shares;
  if (first === undefined) return "No clicks of people yet.";
  const all = shares.reduce((sum, { recipients }) => sum + recipients, 0);
  const share = formatPercent(all === 0 ? 0 : first.recipients / all);
  return `Most by ${nameOf(first.name)}: ${formatNumber(first.recipients)} of ${formatCount(all, "recipient")}, ${share}.`;
}
