/** Looking contacts up: online only, the device keeps none of them. */
import type { Contact } from "#domain/audience/contact.ts";
import type { Id } from "#domain/core/id.ts";
import type { Result } from "#domain/core/result.ts";
import type { Failure } from "../sync/api.ts";

export type ContactRow = Pick<
  Contact,
  "email" | "phone" | "firstName" | "lastName" | "country" | "city"
> & { readonly id: Id };

export interface ContactPage {
  readonly items: readonly ContactRow[];
  /** For the next page; null at the end. */
  readonly next: string | null;
}

export class ContactsState {
  readonly #search: (q: string, cursor: string | null) => Promise<Result<ContactPage, Failure>>;

  constructor(search: (q: string, cursor: string | null) => Promise<Result<ContactPage, Failure>>) {
    this.#search = search;
  }

  search(q: string, cursor: string | null = null): Promise<Result<ContactPage, Failure>> {
    return this.#search(q, cursor);
  }
}
