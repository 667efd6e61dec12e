/** The rule of an audience as a plain question: what the database answers must say the same. */
import type { AudienceRule } from "./audience.ts";
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
  const { countries = [], cities = [], consent } = rule.filter;
  const keys = cities.map(cityKey);
  return (
    (countries.length === 0 ||
      countries.some((country) => country.toUpperCase() === contact.country)) &&
    (keys.length === 0 || keys.includes(cityKey(contact.city))) &&
    (consent === undefined || allows.includes(consent))
  );
}
