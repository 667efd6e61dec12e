/** Addresses that must not be used: looked up, added by hand or as a list, removed with a reason. */
import { parseEmail } from "#domain/audience/email.ts";
import { maskAddress } from "#domain/audience/contact.ts";
import { may } from "#domain/access/permission.ts";
import type { AddressKind } from "#domain/campaign/channel.ts";
import type { Suppression } from "#domain/limits/suppression.ts";
import {
  type suppressionAnswer,
  suppressionCreate,
  suppressionLogAnswer,
  suppressionLogQuery,
  suppressionPage,
  suppressionRemove,
  suppressionsAdded,
  suppressionsQuery,
} from "#protocol/rest/limits.ts";
import type { FastifyInstance } from "fastify";
import * as v from "valibot";
import type { Recount } from "../commands/recount.ts";
import type { Store } from "../store/store.ts";
import { parsePhone } from "./import/phone.ts";
import { pageOf } from "./paging.ts";
import { HttpProblem } from "./problem.ts";
import { route, type Caller } from "./route.ts";

export interface SuppressionDeps {
  readonly store: Pick<Store, "limits">;
  readonly clock: () => number;
  readonly recount: Pick<Recount, "contactsChanged">;
}

const url = "/api/v1/suppressions";
/** So many wrong addresses are named in an answer. */
const mostNamed = 100;

export function registerSuppressions(app: FastifyInstance, deps: SuppressionDeps): void {
  registerReading(app, deps);
  registerChanging(app, deps);
}

function registerReading(app: FastifyInstance, { store, clock }: SuppressionDeps): void {
  route(app, {
    method: "GET",
    url,
    summary: "Addresses that must not be used, by address; q is a part of it",
    permission: "contact.read",
    query: suppressionsQuery,
    answers: { 200: suppressionPage },
    handle: async ({ caller, query: { q, reason = null, limit, cursor } }) => {
      const { workspace } = caller;
      // Whoever may not see addresses may ask for a whole one, and browse by no part of it.
      const exact = maySee(caller) ? null : readAddress(q)?.address;
      if (q !== "" && exact === undefined) return { items: [], next: null, total: 0 };
      const after = cursor === undefined ? "" : addressAfter(cursor);
      const search = { workspace, q: exact ?? q.toLowerCase(), reason, after, now: clock() };
      const found = await store.limits.suppressions({ ...search, limit: limit + 1 });
      const items = found.items.slice(0, limit);
      const last = found.items.length > limit ? items.at(-1) : undefined;
      return {
        items: items.map((each) => toAnswer(each, caller)),
        next: last === undefined ? null : Buffer.from(last.address).toString("base64url"),
        total: found.total,
      };
    },
  });
  route(app, {
    method: "GET",
    url: `${url}/log`,
    summary: "What ever happened to an address, newest first",
    permission: "suppression.edit",
    query: suppressionLogQuery,
    answers: { 200: suppressionLogAnswer },
    handle: async ({ caller: { workspace }, query }) => {
      const events = await store.limits.suppressionLog({ workspace, ...known(query.address) });
      // Two of the same moment keep the order in which they came.
      const placed = events.map((event, i) => ({ event, place: [-event.at, i - events.length] }));
      const { items, next } = pageOf(placed, query, ({ place }) => place);
      return { items: items.map(({ event }) => ({ ...event, at: toTime(event.at) })), next };
    },
  });
}

function registerChanging(app: FastifyInstance, deps: SuppressionDeps): void {
  const { store, clock, recount } = deps;
  route(app, {
    method: "POST",
    url,
    summary: "Suppress addresses: nothing is sent to them from now on",
    permission: "suppression.edit",
    body: suppressionCreate,
    answers: { 200: suppressionsAdded },
    handle: async ({ caller: { workspace, user: by }, body }) => {
      const now = clock();
      const { addresses, reason, note, source } = body;
      const until = body.until === undefined ? null : Date.parse(body.until);
      if (until !== null && until <= now) {
        throw new HttpProblem("invalid", "The end must lie in the future.", "until");
      }
      const read = addresses.map((text) => ({ text, found: readAddress(text) }));
      const facts = { reason, note, source, until, at: now, by, campaignId: null };
      const suppressions = new Map<string, Suppression>();
      for (const { found } of read) {
        if (found !== null) suppressions.set(found.address, { ...found, ...facts });
      }
      const list = [...suppressions.values()];
      const args = { workspace, suppressions: list, now };
      const added = list.length === 0 ? 0 : await store.limits.suppress(args);
      recount.contactsChanged(workspace);
      const invalid = read.filter(({ found }) => found === null).map(({ text }) => text);
      return { added, known: list.length - added, invalid: invalid.slice(0, mostNamed) };
    },
  });
  route(app, {
    method: "POST",
    url: `${url}/removals`,
    summary: "Let an address be used again; what its owner consents to stays as it is",
    permission: "suppression.edit",
    body: suppressionRemove,
    answers: { 200: v.object({ removed: v.boolean() }) },
    handle: async ({ caller: { workspace, user: by }, body: { address, note } }) => {
      const args = { workspace, ...known(address), note, by, now: clock() };
      if (!(await store.limits.unsuppress(args))) throw new HttpProblem("not_found");
      recount.contactsChanged(workspace);
      return { removed: true };
    },
  });
}

/** The address at which the page before ended. */
function addressAfter(cursor: string): string {
  const address = Buffer.from(cursor, "base64url").toString();
  if (readAddress(address)?.address === address) return address;
  throw new HttpProblem("invalid", "cursor must be the `next` of a page.", "cursor");
}

interface ReadAddress {
  readonly kind: AddressKind;
  readonly address: string;
}

/** An e-mail address, or a phone number with its country's code; null when it is neither. */
function readAddress(text: string): ReadAddress | null {
  const email = parseEmail(text);
  if (email !== null) return { kind: "email", address: email };
  const phone = parsePhone(text, "");
  return phone === null ? null : { kind: "phone", address: phone };
}

function known(text: string): ReadAddress {
  const found = readAddress(text);
  if (found !== null) return found;
  const words = `${text} is neither an e-mail address nor a phone number that begins with +.`;
  throw new HttpProblem("invalid", words, "address");
}

function maySee({ role, access }: Caller): boolean {
  return may(role, "address.see", access);
}

function toAnswer(
  { address, kind, at, until, ...rest }: Suppression,
  caller: Caller,
): v.InferOutput<typeof suppressionAnswer> {
  return {
    ...rest,
    kind,
    address: maySee(caller) ? address : maskAddress(address, kind),
    at: toTime(at),
    until: until === null ? null : toTime(until),
  };
}

function toTime(at: number): string {
  return new Date(at).toISOString();
}
