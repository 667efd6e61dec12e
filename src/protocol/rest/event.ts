/** What happens for contacts in other systems, over REST. */
import { isCode, isEventName } from "#domain/campaign/trigger.ts";
import * as v from "valibot";
import { id, isoMoment } from "../value.ts";

const scalar = v.union([v.pipe(v.string(), v.maxLength(1_000)), v.number(), v.boolean(), v.null()]);

export const event = {
  /** Yours, and one for each event: the same id is taken once, however often it is sent. */
  id: v.pipe(v.string(), v.minLength(1, "must not be empty"), v.maxLength(200)),
  /** One of the three. A phone number that several contacts have means none of them. */
  contact: v.union([
    v.strictObject({ id }),
    v.strictObject({ email: v.pipe(v.string(), v.maxLength(320)) }),
    v.strictObject({ phone: v.pipe(v.string(), v.maxLength(40)) }),
  ]),
  /**
   * When it happened; now when left out. What is told more than six hours after its message was due
   * brings nobody in.
   */
  at: v.optional(isoMoment()),
  /** What messages may say of it: `{{ event.product }}`. */
  properties: v.optional(
    v.pipe(
      v.record(v.pipe(v.string(), v.maxLength(64)), scalar),
      v.check((all) => Object.keys(all).length <= 50, "takes at most 50 properties"),
    ),
    {},
  ),
};

/** Something that happened: it has a name of its own; `check_in` is a visit, which usage counts. */
const namedEvent = v.strictObject({
  kind: v.optional(v.literal("event"), "event"),
  name: v.pipe(
    v.string(),
    v.check(
      isEventName,
      "must be small letters, digits and _ . - after a letter, at most 64 characters",
    ),
  ),
  ...event,
});

/** Somebody used a code. */
const redeemedEvent = v.strictObject({
  kind: v.literal("redeemed"),
  code: v.pipe(
    v.string(),
    v.trim(),
    v.check(isCode, "must be letters, digits and _ . - after the first, at most 64 characters"),
  ),
  /** The campaign that the code belongs to, where that is known. */
  campaignId: v.optional(v.nullable(id), null),
  ...event,
});

export const eventCreate = v.variant("kind", [namedEvent, redeemedEvent]);

export const eventAnswer = v.object({
  id: v.string(),
  /** `repeated`: this id was taken before, and nothing happened now. */
  state: v.picklist(["accepted", "repeated"]),
  /** The live campaigns that the contact entered for it. */
  entered: v.array(id),
  /**
   * The live campaigns that would have written more than six hours after the message was due: nobody
   * is written to, and their reports show whom that left out. Left out: none.
   */
  tooLate: v.optional(v.array(id)),
});
