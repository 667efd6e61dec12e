/** The text message that stands in for what does not reach somebody, over REST. */
import * as v from "valibot";
import { id, longText } from "../value.ts";

/** What whoever the campaign cannot reach gets instead. */
export const fallbackAnswer = v.object({
  /** An account for SMS. */
  accountId: v.nullable(id),
  /** With merge fields and links, as any other text. */
  text: longText,
});

/** As a campaign is made and changed. */
export const fallbackFields = {
  /**
   * A text message for whoever has no address, is not capable of the campaign's channel, or is told
   * to be unknown or out of reach there; null: they get none. Not for campaigns of the type `sms`.
   */
  fallback: v.exactOptional(
    v.nullable(
      v.strictObject({
        accountId: v.exactOptional(v.nullable(id)),
        text: v.exactOptional(longText),
      }),
    ),
  ),
};
