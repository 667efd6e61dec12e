/** Unique codes over REST: pools, what is left of them, and the use of a code. */
import { isCode } from "#domain/campaign/trigger.ts";
import { useRefusals, useResults } from "#domain/codes/use.ts";
import * as v from "valibot";
import { count, id, isoMoment, plain } from "../value.ts";
import { event, eventAnswer } from "./event.ts";
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

/** What is left out stays. */
export const codePoolEdit = v.strictObject({
  name: v.exactOptional(name),
  /** When its codes may be redeemed: from then on; null: always. */
  startsAt: v.exactOptional(v.nullable(isoMoment())),
  /** Before then; null: for ever. */
  endsAt: v.exactOptional(v.nullable(isoMoment())),
  /** Not at all. */
  disabled: v.exactOptional(v.boolean()),
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
  /** When its codes may be redeemed: from then on, and before then; null: always. */
  startsAt: v.nullable(time),
  endsAt: v.nullable(time),
  disabled: v.boolean(),
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
  /** Only codes that begin so. */
  q: v.exactOptional(v.pipe(v.string(), v.trim(), v.maxLength(64))),
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
      /** Who got it, or will; null: nobody. */
      recipient: v.nullable(v.object({ name: v.string(), address: v.string() })),
      /** When it was redeemed last. */
      redeemedAt: v.nullable(time),
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
  /** The live campaigns that its recipient entered for it; of one that is repeated, when it was redeemed. */
  entered: v.array(id),
  /** As of an event: those that would have written more than six hours after the message was due. */
  tooLate: eventAnswer.entries.tooLate,
});

const refusal = v.picklist(useRefusals);

const useFilter = {
  poolId: v.exactOptional(id),
  campaignId: v.exactOptional(id),
  /** A part of the customer's name, or of an address for who may see these. */
  customer: v.exactOptional(v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(200))),
  result: v.exactOptional(v.picklist(useResults)),
  reason: v.exactOptional(refusal),
  /** From then on, and before. */
  from: v.exactOptional(isoMoment()),
  to: v.exactOptional(isoMoment()),
};

export const useExportQuery = v.strictObject(useFilter);

export const useQuery = v.strictObject({
  ...useFilter,
  limit: v.optional(limitUpTo(1_000), "100"),
  /** The `next` of the page before. */
  cursor: v.exactOptional(numberCursor),
});

/** A use that was asked for, whatever became of it. */
export const useAnswer = v.object({
  /** Its number, by which it is rolled back. */
  n: count,
  poolId: id,
  /** As it was asked for; its ends only for who may not see codes. */
  code: v.string(),
  at: time,
  result: v.picklist(useResults),
  /** Of what was refused, and its sentence. */
  reason: v.nullable(refusal),
  reasonText: v.string(),
  /** Whose message carried the code. */
  campaignId: v.nullable(id),
  /** The user who asked. */
  by: v.nullable(v.string()),
  /** Who used it, where that is known; addresses are masked for who may not see them. */
  customer: v.nullable(
    v.object({
      id,
      name: v.string(),
      email: v.nullable(v.string()),
      phone: v.nullable(v.string()),
    }),
  ),
  rolledBackAt: v.nullable(time),
  rolledBackBy: v.nullable(v.string()),
});

export type UseAnswer = v.InferOutput<typeof useAnswer>;

export const usePage = v.object({ items: v.array(useAnswer), next: v.nullable(v.string()) });

export const rolledBack = v.object({ pool: codePoolAnswer });
