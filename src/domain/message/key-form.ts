/**
 * How the keys of a distribution's messages are made. It is written down at the launch, because
 * every try of a message has to carry the same key, whichever version of the server makes it.
 */
export const keyForms = ["hmac", "page"] as const;

export type KeyForm = (typeof keyForms)[number];

/** What is launched now. */
export const newKeyForm = "page" satisfies KeyForm;
