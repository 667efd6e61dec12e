/** What people agree to at the stand, and the consents that a person has to look at, over REST. */
import { consentChannels } from "#domain/audience/contact.ts";
import { maxConsentText } from "#domain/audience/consent-text.ts";
import { consentWays } from "#domain/audience/sign-up.ts";
import * as v from "valibot";
import { count, id, isoMoment } from "../value.ts";
import { nextPage } from "./page.ts";

const channel = v.picklist(consentChannels, `must be one of ${consentChannels.join(", ")}`);

export const consentTextAnswer = v.object({
  id,
  channel,
  /** 1, 2, 3, … for each channel; the highest is shown now. */
  version: count,
  text: v.string(),
  createdAt: isoMoment(),
  /** Who published it. */
  by: v.string(),
});

export const consentTextPage = v.object({ items: v.array(consentTextAnswer), next: nextPage });

export const consentTextCreate = v.strictObject({
  channel,
  text: v.pipe(
    v.string("must be a text"),
    v.trim(),
    v.nonEmpty("must not be empty"),
    v.maxLength(maxConsentText, `takes at most ${maxConsentText} characters`),
  ),
});

export const consentReviewAnswer = v.object({
  /** With the channel it names the consent. */
  id,
  channel,
  contactId: id,
  firstName: v.string(),
  lastName: v.string(),
  email: v.nullable(v.string()),
  phone: v.nullable(v.string()),
  /** `clock`: the device's clock cannot be believed; `withdrawn`: a withdrawal is as late or later. */
  why: v.picklist(["clock", "withdrawn"]),
  /** When it was given, by the server's clock as well as that can be told. */
  at: isoMoment(),
  /** What the device's clock showed. */
  wall: isoMoment(),
  heardAt: isoMoment(),
  source: v.string(),
  /** The words that were agreed to. */
  words: v.nullable(v.string()),
  textVersion: v.nullable(count),
  how: v.nullable(v.picklist(consentWays)),
  signature: v.nullable(v.string()),
  /** Whose device noted it. */
  by: v.string(),
});

export const consentReviewList = v.object({ items: v.array(consentReviewAnswer) });

export const consentReviewDecide = v.strictObject({
  channel,
  accept: v.boolean("must be true or false"),
});

export const consentReviewDecided = v.object({
  /** `declined` although it was accepted: the person took everything back since. */
  state: v.picklist(["accepted", "declined"]),
});
