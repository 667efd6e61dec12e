/** What the API asks and answers where a person is erased. */
import * as v from "valibot";
import { count, id } from "../value.ts";

/** Said once more, as nothing brings an erased person back. */
export const contactErase = v.strictObject({
  /** The id of the contact itself. */
  confirm: id,
});

export const contactErased = v.object({
  /** Messages that lost their address and name. */
  messages: count,
  /** What they wrote. */
  inbound: count,
  /** Addresses that must not be used, and are kept as hashes for that. */
  suppressed: count,
});
