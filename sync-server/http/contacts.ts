/** Contacts and what they consent to. */
import type { Consent, ConsentChannel } from "#domain/audience/contact.ts";
import { maskAddress } from "#domain/audience/contact.ts";
import { parseCountry } from "#domain/audience/country.ts";
import { parseEmail } from "#domain/audience/email.ts";
import type { StatedConsent } from "#domain/audience/import.ts";
import { may } from "#domain/access/permission.ts";
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import {
  consentAnswer,
  consentCreate,
  consentPage,
  contactAnswer,
  contactCreate,
  contactPage,
  contactPatch,
  contactsQuery,
  type ContactAnswer,
  type ContactPatch,
} from "#protocol/rest/contacts.ts";
import { listQuery } from "#protocol/rest/page.ts";
import { id } from "#protocol/value.ts";
import type { FastifyInstance } from "fastify";
import * as v from "valibot";
import type { Recount } from "../commands/recount.ts";
import type { ContactChange, ContactRecord } from "../store/contact-store.ts";
import type { Store } from "../store/store.ts";
import { parsePhone } from "./import/phone.ts";
import { pageOf } from "./paging.ts";
import { HttpProblem } from "./problem.ts";
import { route, type Caller } from "./route.ts";

export interface ContactDeps {
  readonly store: Pick<Store, "contacts">;
  readonly clock: () => Instant;
  readonly newId: () => Id;
  readonly recount: Pick<Recount, "contactsChanged">;
}

const byId = v.strictObject({ id });
const url = "/api/v1/contacts";

export function registerContacts(app: FastifyInstance, deps: ContactDeps): void {
  registerReading(app, deps);
  registerChanging(app, deps);
  registerConsents(app, deps);
}

function registerReading(app: FastifyInstance, { store }: ContactDeps): void {
  route(app, {
    method: "GET",
    url,
    summary: "Contacts, newest first; q is looked for in names, addresses and city",
    permission: "contact.read",
    query: contactsQuery,
    answers: { 200: contactPage },
    handle: async ({ caller, query: { q, limit, cursor } }) => {
      const before = cursor === undefined ? null : Number(cursor);
      const { workspace } = caller;
      const seesAddresses = maySee(caller);
      const search = { workspace, q, seesAddresses, before, limit };
      const { items, next } = await store.contacts.contacts(search);
      return {
        items: items.map((record) => toAnswer(record, caller)),
        next: next === null ? null : String(next),
      };
    },
  });
  route(app, {
    method: "GET",
    url: `${url}/:id`,
    summary: "One contact with its consents",
    permission: "contact.read",
    params: byId,
    answers: { 200: contactAnswer },
    handle: ({ caller, params }) => answerOf(store, caller, params.id),
  });
}

function registerChanging(app: FastifyInstance, deps: ContactDeps): void {
  const { store, clock, newId, recount } = deps;
  route(app, {
    method: "POST",
    url,
    summary: "Add a contact",
    permission: "contact.edit",
    body: contactCreate,
    answers: { 201: contactAnswer },
    handle: async ({ caller, body: { consents, ...facts } }) => {
      const now = clock();
      const { workspace } = caller;
      const change = checked(facts);
      if (facts.email === null && facts.phone === null) throw noAddress();
      const contact = { ...facts, ...change, id: newId(), createdAt: now, updatedAt: now };
      const stated = consents.map((each) => stateOf(each, now));
      const isNew = await store.contacts.addContact({ workspace, contact, consents: stated, now });
      if (!isNew) throw taken();
      recount.contactsChanged(workspace);
      return answerOf(store, caller, contact.id);
    },
  });
  route(app, {
    method: "PATCH",
    url: `${url}/:id`,
    summary: "Change a contact; what is left out stays",
    permission: "contact.edit",
    params: byId,
    body: contactPatch,
    answers: { 200: contactAnswer },
    handle: async ({ caller, params, body }) => {
      const { workspace } = caller;
      const known = await store.contacts.contact({ workspace, id: params.id });
      if (known === null) throw new HttpProblem("not_found");
      const change = checked({ ...body, country: body.country ?? known.contact.country });
      const after = { ...known.contact, ...change };
      if (after.email === null && after.phone === null) throw noAddress();
      const args = { workspace, id: params.id, change, now: clock() };
      const outcome = await store.contacts.changeContact(args);
      if (outcome === "taken") throw taken();
      if (outcome === "gone") throw new HttpProblem("not_found");
      recount.contactsChanged(workspace);
      return answerOf(store, caller, params.id);
    },
  });
  route(app, {
    method: "DELETE",
    url: `${url}/:id`,
    summary: "Delete a contact; the proof of its consents stays, without the person",
    permission: "contact.edit",
    params: byId,
    answers: { 204: "none" },
    handle: async ({ caller: { workspace }, params }) => {
      const args = { workspace, id: params.id, now: clock() };
      if (!(await store.contacts.removeContact(args))) throw new HttpProblem("not_found");
      recount.contactsChanged(workspace);
    },
  });
}

function registerConsents(app: FastifyInstance, { store, clock, recount }: ContactDeps): void {
  route(app, {
    method: "GET",
    url: `${url}/:id/consents`,
    summary: "Everything that a contact ever consented to or withdrew, newest first",
    permission: "contact.read",
    params: byId,
    query: listQuery,
    answers: { 200: consentPage },
    handle: async ({ caller: { workspace }, params, query }) => {
      if ((await store.contacts.contact({ workspace, id: params.id })) === null)
        throw new HttpProblem("not_found");
      const log = await store.contacts.consentLog({ workspace, id: params.id });
      // Two that were said at the same moment keep the order in which they came.
      const placed = log.map((consent, i) => ({ consent, place: [-consent.at, i - log.length] }));
      const { items, next } = pageOf(placed, query, ({ place }) => place);
      return { items: items.map(({ consent }) => consentToAnswer(consent)), next };
    },
  });
  route(app, {
    method: "POST",
    url: `${url}/:id/consents`,
    summary:
      "Note that a contact consents, or withdraws; the latest word counts, but an opt-out of their own stays",
    permission: "contact.edit",
    params: byId,
    body: consentCreate,
    answers: { 201: consentAnswer },
    handle: async ({ caller: { workspace }, params, body }) => {
      const now = clock();
      const consent = stateOf(body, now);
      const args = { workspace, id: params.id, consent, now };
      const outcome = await store.contacts.addConsent(args);
      if (outcome === "gone") throw new HttpProblem("not_found");
      if (outcome === "opted_out") throw new HttpProblem("opted_out");
      recount.contactsChanged(workspace);
      return consentToAnswer(consent);
    },
  });
}

async function answerOf(
  store: ContactDeps["store"],
  caller: Caller,
  contactId: Id,
): Promise<ContactAnswer> {
  const record = await store.contacts.contact({ workspace: caller.workspace, id: contactId });
  if (record === null) throw new HttpProblem("not_found");
  return toAnswer(record, caller);
}

/** Addresses and country as they are kept; a value that does not fit is refused with its field. */
function checked({ email, phone, country, ...rest }: ContactPatch): ContactChange {
  const code = country === undefined || country === "" ? country : parseCountry(country);
  if (code === null) throw new HttpProblem("invalid", `${country} is not a country.`, "country");
  return {
    ...defined(rest),
    ...(email === undefined ? {} : { email: email === null ? null : goodEmail(email) }),
    ...(phone === undefined ? {} : { phone: phone === null ? null : goodPhone(phone, code ?? "") }),
    ...(code === undefined ? {} : { country: code }),
  };
}

function goodEmail(text: string): string {
  const email = parseEmail(text);
  if (email === null)
    throw new HttpProblem("invalid", `${text} is not an e-mail address.`, "email");
  return email;
}

function goodPhone(text: string, country: string): string {
  const phone = parsePhone(text, country);
  if (phone === null) {
    const words = `${text} is not a phone number. Begin it with + and the country's code, or name the country.`;
    throw new HttpProblem("invalid", words, "phone");
  }
  return phone;
}

type Rest = Omit<ContactPatch, "email" | "phone" | "country">;

function defined({ firstName, lastName, city, timeZone, fields }: Rest): ContactChange {
  return {
    ...(firstName === undefined ? {} : { firstName }),
    ...(lastName === undefined ? {} : { lastName }),
    ...(city === undefined ? {} : { city }),
    ...(timeZone === undefined ? {} : { timeZone }),
    ...(fields === undefined ? {} : { fields }),
  };
}

function stateOf(
  body: v.InferOutput<typeof consentCreate>,
  now: Instant,
): StatedConsent & { readonly channel: ConsentChannel } {
  const at = body.at === undefined ? now : Date.parse(body.at);
  if (at > now) throw new HttpProblem("invalid", "A consent cannot lie in the future.", "at");
  return { channel: body.channel, granted: body.granted, at, source: body.source };
}

function noAddress(): HttpProblem {
  return new HttpProblem(
    "invalid",
    "A contact needs an e-mail address or a phone number.",
    "email",
  );
}

function taken(): HttpProblem {
  return new HttpProblem("exists", "Another contact has this e-mail address.", "email");
}

/** Whoever may not see addresses sees who is meant, and no more. */
function toAnswer({ contact, consents }: ContactRecord, caller: Caller): ContactAnswer {
  const isOpen = maySee(caller);
  const { email, phone, createdAt, updatedAt, ...rest } = contact;
  return {
    ...rest,
    email: isOpen || email === null ? email : maskAddress(email, "email"),
    phone: isOpen || phone === null ? phone : maskAddress(phone, "phone"),
    fields: { ...contact.fields },
    consents: consents.map(consentToAnswer),
    createdAt: new Date(createdAt).toISOString(),
    updatedAt: new Date(updatedAt).toISOString(),
  };
}

function maySee({ role, access }: Caller): boolean {
  return may(role, "address.see", access);
}

function consentToAnswer({
  channel,
  granted,
  at,
  source,
}: Omit<Consent, "contactId">): v.InferOutput<typeof consentAnswer> {
  return { channel, purpose: "marketing", granted, at: new Date(at).toISOString(), source };
}
