/** Erases a person on the server. */
import type { Id } from "#domain/core/id.ts";
import type { Result } from "#domain/core/result.ts";
import { contactErased } from "#protocol/rest/contact-erase.ts";
import type * as v from "valibot";
import type { Api, Failure } from "./api.ts";

/** What the person was taken out of. */
export type ErasedContact = v.InferOutput<typeof contactErased>;

/** All messages are looked through. */
const timeoutMs = 60_000;

export function eraseContact(api: Api, id: Id): Promise<Result<ErasedContact, Failure>> {
  const url = `/api/v1/contacts/${id}/erase`;
  return api.request(contactErased, "POST", url, { confirm: id }, { timeoutMs });
}
