/** `/api/v1/code-pools`: unique codes, made here or brought along, and their use. */
import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { may } from "#domain/access/permission.ts";
import { maskAddress } from "#domain/audience/contact.ts";
import { redemptionRate } from "#domain/codes/pool.ts";
import type { Id } from "#domain/core/id.ts";
import type { CodePool } from "#domain/codes/pool.ts";
import {
  codePage,
  codePoolAnswer,
  codePoolCreate,
  codePoolEdit,
  codePoolPage,
  codeQuery,
  codesAdded,
  codesGenerate,
  type CodePoolAnswer,
} from "#protocol/rest/codes.ts";
import { listQuery } from "#protocol/rest/page.ts";
import { id as idSchema } from "#protocol/value.ts";
import type { FastifyInstance } from "fastify";
import * as v from "valibot";
import type { CodeRow } from "../store/code-store.ts";
import type { Store } from "../store/store.ts";
import { generateCodes, importCodes, type CodesAdded } from "./code-making.ts";
import type { Spool } from "./import/spool.ts";
import { pageOf } from "./paging.ts";
import { HttpProblem } from "./problem.ts";
import { route, type Caller } from "./route.ts";

export interface CodePoolDeps {
  readonly store: Pick<Store, "codes" | "sync">;
  readonly newId: () => Id;
  readonly spool: Spool;
  readonly clock: () => number;
}

const base = "/api/v1/code-pools";
const one = v.strictObject({ id: idSchema });
const tables = ["text/csv", "text/plain"];

export function registerCodePools(app: FastifyInstance, deps: CodePoolDeps): void {
  registerReading(app, deps);
  registerMaking(app, deps);
  registerEditing(app, deps);
  // A plugin of its own: this body is a stream here and nowhere else.
  void app.register(async (plugin) => {
    plugin.addContentTypeParser(tables, (_request, payload, done) => done(null, payload));
    registerImport(plugin, deps);
  });
}

function registerReading(app: FastifyInstance, deps: CodePoolDeps): void {
  const { store } = deps;
  route(app, {
    method: "GET",
    url: base,
    summary: "Code pools, newest first, with what is left of each",
    permission: "campaign.read",
    query: listQuery,
    answers: { 200: codePoolPage },
    handle: async ({ caller, query }) => {
      const pools = await store.sync.list({ workspace: caller.workspace, kind: "codePool" });
      const { items, next } = pageOf(pools, query, (each) => [-each.createdAt, each.id]);
      return { items: await Promise.all(items.map((pool) => toAnswer(deps, caller, pool))), next };
    },
  });
  route(app, {
    method: "GET",
    url: `${base}/:id`,
    summary: "One code pool: its codes left, reserved, published and redeemed",
    permission: "campaign.read",
    params: one,
    answers: { 200: codePoolAnswer },
    handle: async ({ caller, params: { id } }) =>
      toAnswer(deps, caller, await poolOf(deps, caller, id)),
  });
  route(app, {
    method: "GET",
    url: `${base}/:id/codes`,
    summary: "The codes themselves, each with what became of it",
    permission: "code.see",
    params: one,
    query: codeQuery,
    answers: { 200: codePage },
    handle: async ({ caller, params: { id }, query: { limit, cursor = "0", q } }) => {
      const { workspace } = caller;
      await poolOf(deps, caller, id);
      const after = Number(cursor);
      const rows = await store.codes.codes({ workspace, poolId: id, q, after, limit });
      const last = rows.length < limit ? undefined : rows.at(-1);
      return {
        items: rows.map(({ seq: _seq, redeemedAt, recipient, ...row }) => ({
          ...row,
          recipient: recipient === null ? null : shownTo(caller, recipient),
          redeemedAt: toTime(redeemedAt),
        })),
        next: last === undefined ? null : String(last.seq),
      };
    },
  });
}

function registerMaking(app: FastifyInstance, deps: CodePoolDeps): void {
  const { store, newId, clock } = deps;
  route(app, {
    method: "POST",
    url: base,
    summary: "Make an empty code pool",
    permission: "code.edit",
    body: codePoolCreate,
    answers: { 201: codePoolAnswer },
    handle: async ({ caller, body }) => {
      const id = newId();
      const { workspace } = caller;
      await store.codes.addPool({ workspace, poolId: id, ...body, now: clock() });
      return toAnswer(deps, caller, await poolOf(deps, caller, id));
    },
  });
  route(app, {
    method: "POST",
    url: `${base}/:id/generate`,
    summary: "Draw codes by chance and put them into a pool",
    permission: "code.edit",
    params: one,
    body: codesGenerate,
    answers: { 200: codesAdded },
    handle: async ({ caller, params: { id }, body }) => {
      const { size } = await poolOf(deps, caller, id);
      const pool = { workspace: caller.workspace, poolId: id, size };
      return added(
        deps,
        caller,
        id,
        await generateCodes({ ...deps, random: randomBytes }, pool, body),
      );
    },
  });
}

function registerEditing(app: FastifyInstance, deps: CodePoolDeps): void {
  const { store, clock } = deps;
  route(app, {
    method: "PATCH",
    url: `${base}/:id`,
    summary: "Rename a code pool, or say when its codes may be redeemed",
    permission: "code.edit",
    params: one,
    body: codePoolEdit,
    answers: { 200: codePoolAnswer },
    handle: async ({ caller, params: { id }, body: { name, startsAt, endsAt, disabled } }) => {
      const { workspace, user } = caller;
      const known = await toAnswer(deps, caller, await poolOf(deps, caller, id));
      const ends = endsAt === undefined ? known.endsAt : endsAt;
      const starts = startsAt === undefined ? known.startsAt : startsAt;
      if (starts !== null && ends !== null && Date.parse(ends) <= Date.parse(starts)) {
        throw new HttpProblem("invalid", "endsAt must be after startsAt.", "endsAt");
      }
      const times = {
        ...(startsAt === undefined ? {} : { startsAt: toInstant(startsAt) }),
        ...(endsAt === undefined ? {} : { endsAt: toInstant(endsAt) }),
        ...(disabled === undefined ? {} : { isDisabled: disabled }),
      };
      await store.codes.editPool({ workspace, poolId: id, name, times, by: user, now: clock() });
      return toAnswer(deps, caller, await poolOf(deps, caller, id));
    },
  });
}

function registerImport(app: FastifyInstance, deps: CodePoolDeps): void {
  const { newId, spool } = deps;
  route(app, {
    method: "POST",
    url: `${base}/:id/import`,
    summary: "Put the codes of a file into a pool: one a line, or the first column of a table",
    permission: "code.edit",
    params: one,
    contentTypes: tables,
    bodyLimit: Number.MAX_SAFE_INTEGER,
    answers: { 200: codesAdded },
    handle: async ({ caller, params: { id }, raw }) => {
      const { size } = await poolOf(deps, caller, id);
      if (!(raw.body instanceof Readable)) {
        throw new HttpProblem("unsupported_type", `Send the codes as ${tables.join(" or ")}.`);
      }
      const path = await spool.write(newId(), raw.body);
      try {
        const pool = { workspace: caller.workspace, poolId: id, size };
        return await added(deps, caller, id, await importCodes(deps, pool, path));
      } finally {
        await spool.remove(path);
      }
    },
  });
}

async function added(
  deps: CodePoolDeps,
  caller: Caller,
  id: Id,
  done: CodesAdded,
): Promise<v.InferOutput<typeof codesAdded>> {
  const pool = await toAnswer(deps, caller, await poolOf(deps, caller, id));
  return { ...done, rejects: [...done.rejects], pool };
}

export async function poolOf(
  { store }: Pick<CodePoolDeps, "store">,
  { workspace }: Caller,
  id: Id,
): Promise<CodePool> {
  const [found] = await store.sync.read({ workspace, keys: [["codePool", id]] });
  if (found?.kind !== "codePool") throw new HttpProblem("not_found");
  return found.doc;
}

function toInstant(text: string | null): number | null {
  return text === null ? null : Date.parse(text);
}

function toTime(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

/** Who may see codes may see to whom they went, but addresses only as their role allows. */
function shownTo(
  { role, access }: Caller,
  { name, address }: NonNullable<CodeRow["recipient"]>,
): NonNullable<CodeRow["recipient"]> {
  const kind = address.includes("@") ? "email" : "phone";
  const isShown = address === "" || may(role, "address.see", access);
  return { name, address: isShown ? address : maskAddress(address, kind) };
}

export async function toAnswer(
  { store }: Pick<CodePoolDeps, "store">,
  { workspace }: Caller,
  pool: CodePool,
): Promise<CodePoolAnswer> {
  const counts = await store.codes.counts({ workspace, poolId: pool.id });
  if (counts === null) throw new HttpProblem("not_found");
  const { id, name, perCode, createdAt } = pool;
  const { startsAt, endsAt, isDisabled, ...numbers } = counts;
  return {
    id,
    name,
    perCode,
    ...numbers,
    redemptionRate: redemptionRate(counts),
    startsAt: toTime(startsAt),
    endsAt: toTime(endsAt),
    disabled: isDisabled,
    createdAt: new Date(createdAt).toISOString(),
  };
}
