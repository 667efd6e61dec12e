/** What happens for contacts in other systems, over REST. */
import { isEventName } from "#domain/campaign/trigger.ts";
import * as v from "valibot";
import { id, isoMoment } from "../value.ts";

const scalar = v.union([v.pipe(v.string(), v.maxLength(1_000)), v.number(), v.boolean(), v.null()]);

export const eventCreate = v.strictObject({
  /** Yours, and one for each event: the same id is taken once, however often it is sent. */
  id: v.pipe(v.string(), v.minLength(1, "must not be empty"), v.maxLength(200)),
  name: v.pipe(
    v.string(),
    v.check(
      isEventName,
      "must be small letters, digits and _ . - after a letter, at most 64 characters",
    ),
  ),
  /** One of both. */
  contact: v.union([
    v.strictObject({ id }),
    v.strictObject({ email: v.pipe(v.string(), v.maxLength(320)) }),
  ]),
  /** When it happened; now when left out. */
  at: v.optional(isoMoment()),
  properties: v.optional(
    v.pipe(
      v.record(v.pipe(v.string(), v.maxLength(64)), scalar),
      v.check((all) => Object.keys(all).length <= 50, "takes at most 50 properties"),
    ),
    {},
  ),
});

export const eventAnswer = v.object({
  id: v.string(),
  /** `repeated`: this id was taken before, and nothing happened now. */
  state: v.picklist(["accepted", "repeated"]),
  /** The live campaigns that the contact entered for it. */
  entered: v.array(id),
});
