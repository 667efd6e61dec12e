/** Looking contacts up: online only, the device keeps none of them. */
import type { Id } from "#domain/core/id.ts";
import type { Result } from "#domain/core/result.ts";
import type { Api, Failure } from "../sync/api.ts";
import type { ConsentWord, ContactPage } from "../sync/calls.ts";
import { late, loadCalls } from "../sync/late.ts";

export type { ConsentWord, ContactPage, ContactRow } from "../sync/calls.ts";

export class ContactsState {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  /** By a part of name, e-mail or phone; `cursor`: the `next` of the page before. */
  search(q: string, cursor: string | null = null): Promise<Result<ContactPage, Failure>> {
    return late(loadCalls, ({ searchContacts }) => searchContacts(this.#api, q, cursor));
  }

  /** Everything that a contact ever consented to or withdrew, newest first. */
  consents(id: Id): Promise<Result<readonly ConsentWord[], Failure>> {
    return late(loadCalls, ({ consentsOf }) => consentsOf(this.#api, id));
  }
}
