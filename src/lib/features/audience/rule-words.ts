import { lazily } from "#lib/i18n/lazily.ts";
import { language } from "#lib/i18n/text.ts";
import type { AudienceRule, Filter } from "#domain/audience/audience.ts";
import type { Id } from "#domain/core/id.ts";
import { reasonText } from "#domain/message/reason-text.ts";
import { formatList } from "#lib/i18n/format.ts";
import { inText } from "#lib/i18n/in-text.ts";
import { channelWords } from "#lib/i18n/state-words.ts";

/** Whom a rule means, as one line. */
export function ruleText(rule: AudienceRule, listName: (id: Id) => string | undefined): string {
  if (rule.kind === "all") return "Everyone";
  if (rule.kind === "list") return `On the list ${listName(rule.listId) ?? "that was deleted"}`;
  if (rule.kind === "recipients") {
    const reasons = [...new Set(rule.picks.map(({ reason }) => inText(reasonText(reason))))];
    return `Did not get another campaign: ${reasons.join("; ")}`;
  }
  return filterText(rule.filter, listName);
}

function filterText(filter: Filter, listName: (id: Id) => string | undefined): string {
  const { countries = [], cities = [], lists = [], consent } = filter;
  const listNames = lists.map((id) => listName(id) ?? "a deleted one");
  const parts = [
    ...(countries.length === 0 ? [] : [`in ${formatList(countries.map(countryName))}`]),
    ...(cities.length === 0 ? [] : [`in ${formatList(cities)}`]),
    ...(lists.length === 0 ? [] : [`on ${anyOf().format(listNames)}`]),
    ...(consent === undefined ? [] : [`with ${channelWords[consent]} consent`]),
  ];
  return parts.length === 0 ? "Everyone" : `Contacts ${parts.join(", ")}`;
}

const anyOf = lazily(() => new Intl.ListFormat(language, { type: "disjunction" }));

const names = lazily(() => new Intl.DisplayNames(language, { type: "region", fallback: "code" }));

function countryName(code: string): string {
  return names().of(code) ?? code;
}
