/** The review list of the unreachable, and what a workspace sets for the sake of its people. */
import { may } from "#domain/access/permission.ts";
import { maskAddress } from "#domain/audience/contact.ts";
import { addressKindOf } from "#domain/campaign/channel.ts";
import {
  decided,
  peopleLimits,
  unreachableDecision,
  unreachablePage,
  unreachableQuery,
} from "#protocol/rest/limits.ts";
import type { FastifyInstance } from "fastify";
import type * as v from "valibot";
import type { Recount } from "../commands/recount.ts";
import type { Unreachable } from "../store/limits-store.ts";
import type { Store } from "../store/store.ts";
import { route } from "./route.ts";

export interface LimitsDeps {
  readonly store: Pick<Store, "limits">;
  readonly clock: () => number;
  readonly recount: Pick<Recount, "contactsChanged">;
}

export function registerLimits(app: FastifyInstance, deps: LimitsDeps): void {
  registerSettings(app, deps);
  registerReview(app, deps);
}

function registerSettings(app: FastifyInstance, { store, clock }: LimitsDeps): void {
  const url = "/api/v1/limits";
  route(app, {
    method: "GET",
    url,
    summary: "Frequency caps and the rule of the unreachable",
    permission: "campaign.read",
    answers: { 200: peopleLimits },
    handle: ({ caller: { workspace } }) => store.limits.limits({ workspace }),
  });
  route(app, {
    method: "PATCH",
    url,
    summary: "Set frequency caps and the rule of the unreachable",
    permission: "member.edit",
    body: peopleLimits,
    answers: { 200: peopleLimits },
    handle: async ({ caller: { workspace, user: by }, body: limits }) => {
      await store.limits.changeLimits({ workspace, limits, by, now: clock() });
      return limits;
    },
  });
}

function registerReview(app: FastifyInstance, { store, clock, recount }: LimitsDeps): void {
  const url = "/api/v1/unreachable";
  route(app, {
    method: "GET",
    url,
    summary: "Addresses that campaign after campaign missed, longest first",
    permission: "contact.read",
    query: unreachableQuery,
    answers: { 200: unreachablePage },
    handle: async ({ caller, query: { state, limit, cursor } }) => {
      const { workspace, role, access } = caller;
      const offset = cursor === undefined ? 0 : Number(cursor);
      const search = { workspace, state, offset, limit: limit + 1 };
      const { items, totals } = await store.limits.unreachable(search);
      const isOpen = may(role, "address.see", access);
      return {
        items: items.slice(0, limit).map((each) => toAnswer(each, isOpen)),
        next: items.length > limit ? String(offset + limit) : null,
        totals,
      };
    },
  });
  route(app, {
    method: "POST",
    url: `${url}/decisions`,
    summary: "Unsubscribe listed addresses, keep them, or bring unsubscribed ones back",
    permission: "suppression.edit",
    body: unreachableDecision,
    answers: { 200: decided },
    handle: async ({ caller: { workspace, user: by }, body: { act, addresses = null } }) => {
      const args = { workspace, act, addresses, by, now: clock() };
      const changed = await store.limits.decideUnreachable(args);
      if (changed > 0) recount.contactsChanged(workspace);
      return { changed };
    },
  });
}

function toAnswer(
  { address, channel, since, at, campaigns, ...rest }: Unreachable,
  isOpen: boolean,
): v.InferOutput<typeof unreachablePage>["items"][number] {
  return {
    ...rest,
    channel,
    address: isOpen ? address : maskAddress(address, addressKindOf[channel]),
    since: new Date(since).toISOString(),
    at: new Date(at).toISOString(),
    campaigns: campaigns.map((each) => ({ ...each, at: new Date(each.at).toISOString() })),
  };
}
