/** API keys: made, listed, revoked. A key itself is shown once. */
import { randomUUIDv7 } from "node:crypto";
import { keyCreate, keyCreated, keyPage } from "#protocol/rest/access.ts";
import { listQuery } from "#protocol/rest/page.ts";
import { id } from "#protocol/value.ts";
import type { FastifyInstance } from "fastify";
import * as v from "valibot";
import { hashApiKey, newApiKey } from "../access/api-key.ts";
import type { Callers } from "../access/callers.ts";
import type { ApiKey } from "../store/access-store.ts";
import type { Store } from "../store/store.ts";
import { pageOf } from "./paging.ts";
import { HttpProblem } from "./problem.ts";
import { route } from "./route.ts";

export interface KeyDeps {
  readonly callers: Pick<Callers, "forget">;
  readonly store: Pick<Store, "access">;
  readonly clock: () => number;
  /** A key ended: whoever listens under it must be sent away. */
  readonly onRevoked: () => void;
}

const url = "/api/v1/keys";

export function registerKeys(app: FastifyInstance, deps: KeyDeps): void {
  const { callers, store, clock } = deps;
  route(app, {
    method: "GET",
    url,
    summary: "The API keys of the workspace, without the keys themselves",
    permission: "key.edit",
    query: listQuery,
    answers: { 200: keyPage },
    handle: async ({ caller: { workspace }, query }) => {
      const keys = await store.access.keys({ workspace });
      const { items, next } = pageOf(keys, query, (each) => [each.createdAt, each.id]);
      return { items: items.map(toAnswer), next };
    },
  });
  route(app, {
    method: "POST",
    url,
    summary: "Make an API key; the answer is the only place where it is shown",
    permission: "key.edit",
    body: keyCreate,
    answers: { 201: keyCreated },
    keepsAnswer: false,
    handle: async ({ caller: { workspace, user: by }, body, reply }) => {
      const key = newApiKey();
      const facts: ApiKey = {
        id: randomUUIDv7(),
        workspace,
        ...body,
        createdAt: clock(),
        lastUsedAt: null,
        revokedAt: null,
      };
      await store.access.addKey({ key: facts, hash: hashApiKey(key), by });
      reply.header("cache-control", "no-store");
      return { ...toAnswer(facts), key };
    },
  });
  route(app, {
    method: "DELETE",
    url: `${url}/:id`,
    summary: "Revoke an API key, at once and for ever",
    permission: "key.edit",
    params: v.strictObject({ id }),
    answers: { 204: "none" },
    handle: async ({ caller: { workspace, user: by }, params }) => {
      const revoked = await store.access.revokeKey({ workspace, id: params.id, by, now: clock() });
      if (!revoked) throw new HttpProblem("not_found");
      callers.forget();
      deps.onRevoked();
    },
  });
}

function toAnswer({ id: key, name, role, createdAt, lastUsedAt, revokedAt }: ApiKey) {
  return {
    id: key,
    name,
    role,
    createdAt: new Date(createdAt).toISOString(),
    lastUsedAt: isoOrNull(lastUsedAt),
    revokedAt: isoOrNull(revokedAt),
  };
}

function isoOrNull(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
