/** Contacts, consents, imports and audiences over REST. */
import { consentChannels } from "#domain/audience/contact.ts";
import { targets } from "#domain/audience/mapping.ts";
import { isZone } from "#domain/schedule/wall-time.ts";
import * as v from "valibot";
import { audienceRule as syncedRule, recipientsRule } from "../command.ts";
import { count, id, isoMoment, plain, shortText } from "../value.ts";
import { limitUpTo, nextPage, numberCursor } from "./page.ts";

const time = isoMoment();
const trimmed = v.pipe(
  v.string(),
  v.trim(),
  v.maxLength(200, "takes at most 200 characters"),
  plain,
);
const timeZone = v.pipe(
  trimmed,
  v.check((zone) => zone === "" || isZone(zone), "is no time zone: name one as Europe/Berlin"),
);
const title = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(200), plain);
const channel = v.picklist(consentChannels, `must be one of ${consentChannels.join(", ")}`);
const fields = v.record(
  v.pipe(v.string(), v.maxLength(200)),
  v.pipe(v.string(), v.maxLength(10_000)),
);
const reachable = v.object({ email: count, sms: count });

/** What is asked for of a long list. */
export const pageQuery = v.strictObject({
  limit: v.optional(limitUpTo(1_000), "100"),
  cursor: v.optional(numberCursor),
});

export const contactsQuery = v.strictObject({
  ...pageQuery.entries,
  q: v.optional(v.pipe(v.string(), v.maxLength(200)), ""),
});

export const consentCreate = v.strictObject({
  channel,
  granted: v.boolean(),
  /** The only purpose of this version. */
  purpose: v.optional(v.literal("marketing"), "marketing"),
  /** When the person said so; now when left out. */
  at: v.optional(time),
  /** Where they said so. */
  source: v.optional(v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(200)), "api"),
});

const address = {
  email: v.nullable(v.pipe(v.string(), v.maxLength(320))),
  phone: v.nullable(v.pipe(v.string(), v.maxLength(64))),
};

const person = {
  firstName: trimmed,
  lastName: trimmed,
  country: trimmed,
  city: trimmed,
  timeZone,
  fields,
};

export const contactCreate = v.strictObject({
  email: v.optional(address.email, null),
  phone: v.optional(address.phone, null),
  firstName: v.optional(trimmed, ""),
  lastName: v.optional(trimmed, ""),
  country: v.optional(trimmed, ""),
  city: v.optional(trimmed, ""),
  timeZone: v.optional(timeZone, ""),
  fields: v.optional(fields, {}),
  consents: v.optional(v.pipe(v.array(consentCreate), v.maxLength(10)), []),
});

/** What is left out stays. */
export const contactPatch = v.partial(v.strictObject({ ...address, ...person }));

export type ContactPatch = v.InferOutput<typeof contactPatch>;

export const consentAnswer = v.object({
  channel,
  purpose: v.literal("marketing"),
  granted: v.boolean(),
  at: time,
  source: v.string(),
});

export const contactAnswer = v.object({
  id,
  email: v.nullable(v.string()),
  phone: v.nullable(v.string()),
  firstName: v.string(),
  lastName: v.string(),
  country: v.string(),
  city: v.string(),
  timeZone: v.string(),
  fields: v.record(v.string(), v.string()),
  /** What holds now, at most one for each channel. */
  consents: v.array(consentAnswer),
  createdAt: time,
  updatedAt: time,
});

export type ContactAnswer = v.InferOutput<typeof contactAnswer>;

export const contactPage = v.object({
  items: v.array(contactAnswer),
  next: v.nullable(v.string()),
});

/** Everything that was ever said, newest first. */
export const consentPage = v.object({ items: v.array(consentAnswer), next: nextPage });

const targetWords = `must be one of ${targets.join(", ")}`;
const target = v.picklist(targets, targetWords);

/** By column in the file's order, or by heading; headings left out are guessed. */
export const importMapping = v.union(
  [v.array(target), v.record(v.string(), target)],
  `must name a target for each column, in a list by order or in an object by heading; each ${targetWords}`,
);

export type ImportMapping = v.InferOutput<typeof importMapping>;

export const importQuery = v.strictObject({
  /** The file's name, for people; of a multipart upload it is that of its part. */
  fileName: v.optional(title),
  /** The name of the list that the contacts are put on; the file's name when left out. */
  list: v.optional(title),
});

export const importStarted = v.object({ id, listId: id });

export const importAnswer = v.object({
  id,
  fileName: v.string(),
  state: v.picklist(["receiving", "done", "failed"]),
  problem: v.nullable(v.string()),
  rows: count,
  created: count,
  updated: count,
  rejected: count,
  reasons: v.record(v.string(), count),
  /** Rows that were taken, by what was not understood of them. */
  notes: v.record(v.string(), count),
  listId: id,
  createdAt: time,
  finishedAt: v.nullable(time),
});

export const importPage = v.object({ items: v.array(importAnswer), next: nextPage });

const oneOrMore = v.union([
  shortText,
  v.pipe(v.array(shortText), v.maxLength(1_000, "takes at most 1,000 values")),
]);

const filter = v.strictObject({
  country: v.optional(oneOrMore),
  countries: v.optional(oneOrMore),
  city: v.optional(oneOrMore),
  cities: v.optional(oneOrMore),
  /** On any of them. */
  lists: v.optional(v.pipe(v.array(id), v.maxLength(100, "takes at most 100 lists"))),
  consent: v.optional(channel),
});

/** As scripts write it: everyone, a list by its id, or a filter whose parts must all hold. */
const plainRule = v.union(
  [
    v.strictObject({ all: v.literal(true) }),
    v.strictObject({ list: id }),
    v.strictObject({ filter }),
    syncedRule,
  ],
  'must be {"all":true}, {"list":ID} or {"filter":{…}} with country, city, lists or consent',
);

export type PlainRule = v.InferOutput<typeof plainRule>;

const audienceName = v.pipe(
  v.string(),
  v.trim(),
  v.nonEmpty("must not be empty"),
  v.maxLength(200, "takes at most 200 characters"),
  plain,
);

const shorthand = {
  rule: v.optional(plainRule),
  all: v.optional(v.literal(true)),
  list: v.optional(id),
  filter: v.optional(filter),
};

/** `rule`, or its one part beside the name. */
export const audienceCreate = v.strictObject({ name: audienceName, ...shorthand });

export const audiencePatch = v.strictObject({ name: v.optional(audienceName), ...shorthand });

export type AudiencePatch = v.InferOutput<typeof audiencePatch>;

export const audienceAsked = v.strictObject(shorthand);

export const audienceAnswer = v.object({
  id,
  rev: count,
  name: v.string(),
  rule: v.union([
    v.object({ all: v.literal(true) }),
    v.object({ list: id }),
    v.object({
      filter: v.object({
        countries: v.optional(v.array(v.string())),
        cities: v.optional(v.array(v.string())),
        lists: v.optional(v.array(id)),
        consent: v.optional(channel),
      }),
    }),
    recipientsRule,
  ]),
  count: v.nullable(count),
  reachable: v.nullable(reachable),
  countedAt: v.nullable(time),
  createdAt: time,
  updatedAt: time,
});

export const audiencePage = v.object({ items: v.array(audienceAnswer), next: nextPage });

export const audienceCount = v.object({ count, reachable });
