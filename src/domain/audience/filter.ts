/** The rule of an audience as a plain question: what the database answers must say the same. */
import type { AudienceRule, Filter } from "./audience.ts";
import type { Picked } from "../message/again.ts";
import { cityKey } from "./city.ts";
import type { ConsentChannel, Contact } from "./contact.ts";

/** What a rule looks at in a contact. */
export interface Candidate {
  readonly contact: Pick<Contact, "country" | "city">;
  /** The channels that it has consented to, and not withdrawn. */
  readonly allows: readonly ConsentChannel[];
  /** The ids of the lists that it is on. */
  readonly lists: readonly string[];
  /** What became of it in other campaigns. */
  readonly endings?: readonly (Picked & { readonly campaignId: string })[];
}

/** Whether an audience with this rule means this contact. */
export function isMeant(
  { contact, allows, lists, endings = [] }: Candidate,
  rule: AudienceRule,
): boolean {
  if (rule.kind === "all") return true;
  if (rule.kind === "list") return lists.includes(rule.listId);
  if (rule.kind === "recipients") {
    const { campaignId, picks } = rule;
    return endings.some(
      (ending) =>
        ending.campaignId === campaignId &&
        picks.some(({ state, reason }) => state === ending.state && reason === ending.reason),
    );
  }
  return passes({ contact, allows, lists }, rule.filter);
}

/** Whether every part of the filter holds; one that is left out or empty does not narrow. */
function passes({ contact, allows, lists }: Candidate, filter: Filter): boolean {
  const { countries = [], cities = [], consent } = filter;
  const codes = countries.map((country) => country.toUpperCase());
  return (
    isAny(codes, [contact.country]) &&
    isAny(cities.map(cityKey), [cityKey(contact.city)]) &&
    isAny(filter.lists ?? [], lists) &&
    (consent === undefined || allows.includes(consent))
  );
}

function isAny(wanted: readonly string[], has: readonly string[]): boolean {
  return wanted.length === 0 || wanted.some((each) => has.includes(each));
}
