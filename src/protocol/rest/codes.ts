/** Unique codes over REST: pools, what is left of them, and the use of a code. */
import { isCode } from "#domain/campaign/trigger.ts";
import * as v from "valibot";
import { count, id, isoMoment, plain } from "../value.ts";
import { event } from "./event.ts";
import { limitUpTo, numberCursor } from "./page.ts";

const time = v.pipe(v.string(), v.isoTimestamp());

const name = v.pipe(
  v.string(),
  v.trim(),
  v.minLength(1, "must not be empty"),
  v.maxLength(200),
  plain,
);

const places = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(64));

/** Codes to be made by chance. */
const drawn = {
  /** How many. */
  count: v.pipe(
    v.number(),
    v.integer(),
    v.minValue(1, "must be at least 1"),
    v.maxValue(1_000_000, "must be at most 1,000,000 at once"),
  ),
  /** How they look: each `#` is drawn, everything else stands in every code. `SUMMER-########` */
  pattern: v.exactOptional(v.pipe(v.string(), v.maxLength(200))),
  /** Drawn characters where there is no pattern; as many as are safe from guessing when left out. */
  length: v.exactOptional(places),
  /** The characters to draw from; without 0, O, 1 and I when left out. */
  alphabet: v.exactOptional(v.pipe(v.string(), v.maxLength(200))),
};

export const codePoolCreate = v.strictObject({
  name,
  /** How often one code may be redeemed; null: as often as people like. */
  perCode: v.optional(
    v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000_000))),
    1,
  ),
});

export const codesGenerate = v.strictObject(drawn);

export type CodesGenerate = v.InferOutput<typeof codesGenerate>;

export const codePoolAnswer = v.object({
  id,
  name: v.string(),
  perCode: v.nullable(count),
  /** Codes in it: left + reserved + published. */
  size: count,
  left: count,
  /** Kept for recipients whom nobody was sent to yet. */
  reserved: count,
  /** Handed to a provider for somebody, or redeemed before that. */
  published: count,
  /** Redeemed at least once. */
  redeemed: count,
  /** Every redemption counted. */
  redemptions: count,
  /** redeemed / published; null when none is published. */
  redemptionRate: v.nullable(v.number()),
  createdAt: time,
});

export type CodePoolAnswer = v.InferOutput<typeof codePoolAnswer>;

export const codePoolPage = v.object({
  items: v.array(codePoolAnswer),
  next: v.nullable(v.string()),
});

export const codesAdded = v.object({
  /** Codes that the pool has now and had not before. */
  added: count,
  /** Lines that were turned away. */
  rejected: count,
  /** The first of them. */
  rejects: v.array(
    v.object({ line: count, reason: v.picklist(["not_a_code", "duplicate"]), detail: v.string() }),
  ),
  pool: codePoolAnswer,
});

export const codeQuery = v.strictObject({
  limit: v.optional(limitUpTo(1_000), "100"),
  /** The `next` of the page before. */
  cursor: v.exactOptional(numberCursor),
});

export const codePage = v.object({
  items: v.array(
    v.object({
      code: v.string(),
      state: v.picklist(["left", "reserved", "published"]),
      campaignId: v.nullable(id),
      redemptions: count,
    }),
  ),
  next: v.nullable(v.string()),
});

export const redemptionCreate = v.strictObject({
  code: v.pipe(
    v.string(),
    v.trim(),
    v.check(isCode, "must be letters, digits and _ . - after the first, at most 64 characters"),
  ),
  /** Yours, and one for each use: the same key is taken once for a code, however often it is sent. */
  key: v.pipe(v.string(), v.minLength(1, "must not be empty"), v.maxLength(200)),
  /** Who uses it; the recipient of its message when left out. */
  contact: v.exactOptional(event.contact),
  /** When it was used; now when left out. */
  at: v.exactOptional(isoMoment()),
  /** What messages of campaigns that wait for codes may say of it. */
  properties: event.properties,
});

export const redemptionAnswer = v.object({
  code: v.string(),
  /** `repeated`: it was redeemed under this key before, and nothing happened now. */
  state: v.picklist(["redeemed", "repeated"]),
  /** Whose message carries it; null: it was used before any campaign had it. */
  campaignId: v.nullable(id),
  /** How often it was redeemed. */
  redemptions: count,
  /** The live campaigns that its recipient entered for it. */
  entered: v.array(id),
});
