/** People's limits over REST: suppression, the unreachable, frequency caps. */
import { consentChannels } from "#domain/audience/contact.ts";
import { leastThreshold } from "#domain/limits/people-limits.ts";
import { givenReasons, suppressionReasons } from "#domain/limits/suppression.ts";
import * as v from "valibot";
import { count, id, isoMoment } from "../value.ts";
import { limitUpTo, listQuery, nextPage, numberCursor } from "./page.ts";

const time = isoMoment();
const kind = v.picklist(["email", "phone"]);
const reason = v.picklist(suppressionReasons, `must be one of ${suppressionReasons.join(", ")}`);
const note = v.pipe(v.string(), v.trim(), v.maxLength(500, "takes at most 500 characters"));
const address = v.pipe(v.string(), v.trim(), v.nonEmpty("must not be empty"), v.maxLength(320));
const cursorWords = "must be the `next` of a page";

/** The last address of the page before, so that no address stands in the URL as it is. */
const addressCursor = v.pipe(
  v.string(cursorWords),
  v.nonEmpty(cursorWords),
  v.maxLength(500, cursorWords),
  v.regex(/^[\w-]+$/, cursorWords),
);

export const suppressionsQuery = v.strictObject({
  limit: v.optional(limitUpTo(1_000), "100"),
  cursor: v.optional(addressCursor),
  q: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(320)), ""),
  reason: v.optional(reason),
});

/** Most addresses that are taken at once; longer lists are sent in parts. */
export const mostAddresses = 5_000;

export const suppressionCreate = v.strictObject({
  addresses: v.pipe(
    v.array(address),
    v.minLength(1, "must name an address"),
    v.maxLength(mostAddresses, `takes at most ${mostAddresses} addresses`),
  ),
  reason: v.optional(
    v.picklist(givenReasons, `must be one of ${givenReasons.join(", ")}`),
    "by_hand",
  ),
  /** Why, in a person's words. */
  note: v.optional(note, ""),
  /** Where the list comes from. */
  source: v.optional(v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(200)), "api"),
  /** When it ends; for ever when left out. */
  until: v.optional(time),
});

export const suppressionRemove = v.strictObject({ address, note: v.optional(note, "") });

export const suppressionAnswer = v.object({
  kind,
  /** Masked for who may not see addresses. */
  address: v.string(),
  reason,
  source: v.string(),
  note: v.string(),
  at: time,
  until: v.nullable(time),
  /** The person's id; null when a rule did it. */
  by: v.nullable(v.string()),
  campaignId: v.nullable(id),
});

export const suppressionPage = v.object({
  items: v.array(suppressionAnswer),
  next: v.nullable(v.string()),
  total: count,
});

export const suppressionsAdded = v.object({
  /** Not suppressed before. */
  added: count,
  /** Suppressed before; they have the new reason now. */
  known: count,
  /** Neither an e-mail address nor a phone number in international form; the first hundred. */
  invalid: v.array(v.string()),
});

export const suppressionLogQuery = v.strictObject({ ...listQuery.entries, address });

export const suppressionLogAnswer = v.object({
  items: v.array(
    v.object({
      act: v.picklist(["added", "removed", "listed", "kept", "reached"]),
      reason,
      source: v.string(),
      note: v.string(),
      by: v.nullable(v.string()),
      campaignId: v.nullable(id),
      at: time,
    }),
  ),
  next: nextPage,
});

export const unreachableQuery = v.strictObject({
  state: v.optional(v.picklist(["listed", "suppressed"]), "listed"),
  limit: v.optional(limitUpTo(200), "50"),
  cursor: v.optional(numberCursor),
});

export const unreachablePage = v.object({
  items: v.array(
    v.object({
      channel: v.picklist(consentChannels),
      address: v.string(),
      name: v.string(),
      state: v.picklist(["listed", "suppressed"]),
      misses: count,
      since: time,
      at: time,
      by: v.nullable(v.string()),
      campaigns: v.array(v.object({ id, name: v.string(), at: time })),
      spent: count,
      saved: count,
    }),
  ),
  next: v.nullable(v.string()),
  totals: v.object({
    listed: count,
    suppressed: count,
    spent: count,
    wouldSave: count,
    saved: count,
  }),
});

export const unreachableDecision = v.strictObject({
  act: v.picklist(["unsubscribe", "keep", "restore"], "must be unsubscribe, keep or restore"),
  /** Left out: all. */
  addresses: v.optional(v.pipe(v.array(address), v.maxLength(1_000))),
});

export const decided = v.object({ changed: count });

const whole = (least: number, most: number) => {
  const words = `must be a whole number from ${least} to ${most}`;
  return v.pipe(
    v.number(words),
    v.integer(words),
    v.minValue(least, words),
    v.maxValue(most, words),
  );
};

const cap = v.nullable(v.strictObject({ messages: whole(1, 1_000), days: whole(1, 365) }));

/** The whole of it; `frequency` has null where there is no cap. */
export const peopleLimits = v.strictObject({
  frequency: v.strictObject({ email: cap, sms: cap }),
  unreachable: v.strictObject({
    threshold: whole(leastThreshold, 100),
    isAutomatic: v.boolean("must be true or false"),
  }),
});
