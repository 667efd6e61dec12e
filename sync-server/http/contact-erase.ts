/** `POST /api/v1/contacts/:id/erase`: a person goes from everything that tells of them, for good. */
import { contactErase, contactErased } from "#protocol/rest/contact-erase.ts";
import { id } from "#protocol/value.ts";
import type { FastifyInstance } from "fastify";
import * as v from "valibot";
import type { ContactDeps } from "./contacts.ts";
import { HttpProblem } from "./problem.ts";
import { route } from "./route.ts";

export function registerErasure(
  app: FastifyInstance,
  { store, clock, recount }: Omit<ContactDeps, "newId">,
): void {
  route(app, {
    method: "POST",
    url: "/api/v1/contacts/:id/erase",
    summary:
      "Erase a person: contact, and address and name in all messages; counts stay, and what must not be written to stays so, as a hash",
    permission: "contact.erase",
    params: v.strictObject({ id }),
    body: contactErase,
    answers: { 200: contactErased },
    handle: async ({ caller: { workspace, user: by }, params, body }) => {
      const known = await store.contacts.contact({ workspace, id: params.id });
      if (known === null) throw new HttpProblem("not_found");
      if (body.confirm !== params.id) {
        throw new HttpProblem("invalid", "confirm must be the id of the contact.", "confirm");
      }
      const of = { workspace, id: params.id };
      const messages = await store.contacts.messagesOf(of);
      const erased = await store.contacts.eraseContact({ ...of, messages, by, now: clock() });
      if (erased === null) throw new HttpProblem("not_found");
      recount.contactsChanged(workspace);
      return erased;
    },
  });
}
