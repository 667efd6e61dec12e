/** What came of the pictures of a campaign's pages, in words. */
import type { OpenReport } from "#domain/engagement/open.ts";
import { formatShare } from "#lib/features/reports/shares.ts";
import { formatCount } from "#lib/i18n/format.ts";

/** How many people opened it, of all whom it reached. */
export function opensSentence({ person, scanner }: OpenReport, delivered: number): string {
  const share = delivered === 0 ? "" : ` (${formatShare(person.recipients, delivered)})`;
  const people =
    person.opens === 0
      ? "Nobody was seen opening it yet."
      : `${formatCount(person.recipients, "recipient")}${share} opened it, ${formatCount(person.opens, "open")} in all.`;
  if (scanner.opens === 0) return people;
  return `${people} Not counted among them: ${formatCount(scanner.opens, "load")} by programs.`;
}
