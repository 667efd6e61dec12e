/** The rule of an audience as SQL: who is meant, asked of the table `contact`. */
import type { AudienceRule, Filter } from "#domain/audience/audience.ts";
import { cityKey } from "#domain/audience/city.ts";
import type { ConsentChannel } from "#domain/audience/contact.ts";
import { reasonCode } from "#domain/message/reason.ts";
import { stateCodes } from "#domain/message/state.ts";
import type { Value } from "./database.ts";

type RecipientsRule = Extract<AudienceRule, { readonly kind: "recipients" }>;

/** A condition over `contact`, in brackets, with the values of its question marks in order. */
export interface Where {
  readonly sql: string;
  readonly values: readonly Value[];
}

/**
 * Which rows of `contact` an audience means. The caller adds `contact.workspace = ?`:
 * whatever the rule looks up beside it stays in the contact's own workspace.
 */
export function audienceWhere(rule: AudienceRule): Where {
  switch (rule.kind) {
    case "all":
      return { sql: "(true)", values: [] };
    case "list":
      return {
        sql: `(exists (select 1 from list_member
          where list_member.workspace = contact.workspace and list_member.list = ?
            and list_member.contact = contact.seq))`,
        values: [rule.listId],
      };
    case "recipients":
      return recipientsWhere(rule);
    case "filter":
      return filterWhere(rule.filter);
  }
}

/** Which rows of `contact` have the address of the channel and, now, the consent for it. */
export function reachableWhere(channel: ConsentChannel): Where {
  const address = channel === "email" ? "contact.email" : "contact.phone";
  const consent = consentWhere(channel);
  return { sql: `(${address} is not null and ${consent.sql})`, values: consent.values };
}

/** Not asked of each contact: messages are found by their campaign, and read once. */
function recipientsWhere({ campaignId, picks }: RecipientsRule): Where {
  const kinds = picks.map(({ state, reason }) => stateCodes[state] * 1_000 + reasonCode(reason));
  return {
    sql: `(contact.seq in (select m.contact from distribution d
      join message m on m.ws = d.ws and m.distribution = d.seq
     where d.workspace = contact.workspace and d.campaign = ?
       and m.state * 1000 + m.reason in (select value from json_each(?))))`,
    values: [campaignId, JSON.stringify(kinds)],
  };
}

function filterWhere({ countries, cities, lists = [], consent }: Filter): Where {
  const parts: Where[] = [];
  if (countries !== undefined)
    parts.push(
      oneOf(
        "contact.country",
        countries.map((country) => country.toUpperCase()),
      ),
    );
  if (cities !== undefined) parts.push(oneOf("contact.city_key", cities.map(cityKey)));
  if (lists.length > 0) parts.push(onOneOf(lists));
  if (consent !== undefined) parts.push(consentWhere(consent));
  if (parts.length === 0) return { sql: "(true)", values: [] };
  return {
    sql: `(${parts.map((part) => part.sql).join(" and ")})`,
    values: parts.flatMap((part) => part.values),
  };
}

function consentWhere(channel: ConsentChannel): Where {
  return {
    sql: `exists (select 1 from consent
      where consent.workspace = contact.workspace and consent.contact = contact.seq
        and consent.channel = ? and consent.granted = 1)`,
    values: [channel],
  };
}

function onOneOf(lists: readonly string[]): Where {
  return {
    sql: `exists (select 1 from list_member
      where list_member.workspace = contact.workspace and list_member.contact = contact.seq
        and list_member.list in (select value from json_each(?)))`,
    values: [JSON.stringify(lists)],
  };
}

/** One value whatever the length: statements are kept by their text. An empty choice does not narrow. */
function oneOf(column: string, values: readonly string[]): Where {
  if (values.length === 0) return { sql: "true", values: [] };
  return {
    sql: `${column} in (select value from json_each(?))`,
    values: [JSON.stringify(values)],
  };
}
