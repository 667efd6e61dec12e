/** `/api/v1/redemptions`: every use of a code that was asked for, and taking one back. */
import { Readable } from "node:stream";
import { may } from "#domain/access/permission.ts";
import { maskAddress } from "#domain/audience/contact.ts";
import { maskCode, refusalSentences } from "#domain/codes/use.ts";
import { csvLine } from "#domain/report/cell.ts";
import {
  rolledBack,
  useExportQuery,
  usePage,
  useQuery,
  type UseAnswer,
} from "#protocol/rest/codes.ts";
import { nothing } from "#protocol/rest/campaign.ts";
import { id as idSchema } from "#protocol/value.ts";
import type { FastifyInstance } from "fastify";
import * as v from "valibot";
import type { UseFilter, UseRow } from "../store/code-store.ts";
import { poolOf, toAnswer, type CodePoolDeps } from "./code-pools.ts";
import { HttpProblem } from "./problem.ts";
import { route, type Caller } from "./route.ts";

type Deps = Pick<CodePoolDeps, "store" | "clock">;

export function registerCodeUses(app: FastifyInstance, deps: Deps): void {
  const { store, clock } = deps;
  route(app, {
    method: "GET",
    url: "/api/v1/redemptions",
    summary: "Redemptions and refused attempts, newest first, with why they were refused",
    permission: "report.read",
    query: useQuery,
    answers: { 200: usePage },
    handle: async ({ caller, query: { limit, cursor, ...query } }) => {
      const before = cursor === undefined ? null : Number(cursor);
      const filter = filterOf(caller, query);
      const rows = await store.codes.uses({ ...filter, before, limit });
      const last = rows.length < limit ? undefined : rows.at(-1);
      return {
        items: rows.map((row) => toUse(row, caller)),
        next: last === undefined ? null : String(last.n),
      };
    },
  });
  route(app, {
    method: "GET",
    url: "/api/v1/redemptions.csv",
    summary: "The same as a file: exactly what the filter finds",
    permission: "report.export",
    query: useExportQuery,
    answers: { 200: "csv" },
    handle: async ({ caller, query, reply }) => {
      reply.type("text/csv; charset=utf-8");
      reply.header("content-disposition", 'attachment; filename="redemptions.csv"');
      return Readable.from(linesOf(deps, caller, filterOf(caller, query)));
    },
  });
  route(app, {
    method: "POST",
    url: "/api/v1/code-pools/:id/redemptions/:n/rollback",
    summary:
      "Take a redemption back, once: the code may be redeemed again, and every counter follows",
    permission: "code.edit",
    params: v.strictObject({
      id: idSchema,
      n: v.pipe(v.string(), v.regex(/^[1-9]\d{0,14}$/), v.transform(Number)),
    }),
    body: nothing,
    answers: { 200: rolledBack },
    handle: async ({ caller, params: { id, n } }) => {
      const { workspace, user: by } = caller;
      const pool = await poolOf(deps, caller, id);
      const done = await store.codes.rollBack({ workspace, poolId: id, n, by, now: clock() });
      if (done === "unknown") throw new HttpProblem("not_found");
      if (done === "not_redeemed") throw new HttpProblem("not_redeemed");
      return { pool: await toAnswer(deps, caller, pool) };
    },
  });
}

type Query = v.InferOutput<typeof useExportQuery>;

function filterOf(
  { workspace, role, access }: Caller,
  { from, to, ...query }: Query,
): UseFilter & { readonly workspace: string } {
  return {
    ...query,
    workspace,
    seesAddresses: may(role, "address.see", access),
    ...(from === undefined ? {} : { from: Date.parse(from) }),
    ...(to === undefined ? {} : { to: Date.parse(to) }),
  };
}

function toUse(row: UseRow, { role, access }: Caller): UseAnswer {
  const { n, poolId, code, result, reason, campaignId, by, contact, rolledBackBy } = row;
  const seesAddresses = may(role, "address.see", access);
  const show = (address: string | null, kind: "email" | "phone") =>
    address === null || seesAddresses ? address : maskAddress(address, kind);
  return {
    n,
    poolId,
    code: may(role, "code.see", access) ? code : maskCode(code),
    at: iso(row.at),
    result,
    reason,
    reasonText: reason === null ? "" : refusalSentences[reason],
    campaignId,
    by,
    customer:
      contact === null
        ? null
        : {
            id: contact.id,
            name: contact.name,
            email: show(contact.email, "email"),
            phone: show(contact.phone, "phone"),
          },
    rolledBackAt: row.rolledBackAt === null ? null : iso(row.rolledBackAt),
    rolledBackBy,
  };
}

const columns = [
  "code",
  "time",
  "result",
  "reason",
  "explanation",
  "customer",
  "email",
  "phone",
  "campaign",
  "pool",
  "rolled_back_at",
];

const linesAtOnce = 1_000;

async function* linesOf(
  { store }: Deps,
  caller: Caller,
  filter: ReturnType<typeof filterOf>,
): AsyncGenerator<string> {
  yield csvLine(columns);
  for (let before: number | null = null; ;) {
    const rows: readonly UseRow[] = await store.codes.uses({
      ...filter,
      before,
      limit: linesAtOnce,
    });
    if (rows.length > 0) yield rows.map((row) => lineOf(toUse(row, caller))).join("");
    before = rows.at(-1)?.n ?? 0;
    if (rows.length < linesAtOnce) return;
  }
}

function lineOf(use: UseAnswer): string {
  const { code, at, result, reason, reasonText, customer, campaignId, poolId, rolledBackAt } = use;
  return csvLine([
    code,
    at,
    result,
    reason ?? "",
    reasonText,
    customer?.name ?? "",
    customer?.email ?? "",
    customer?.phone ?? "",
    campaignId ?? "",
    poolId,
    rolledBackAt ?? "",
  ]);
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
