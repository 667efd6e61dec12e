/** Asks the server for pools, codes and their uses: none of these are kept on the device. */
import type { Id } from "#domain/core/id.ts";
import type { Result } from "#domain/core/result.ts";
import {
  codePage,
  codePoolAnswer,
  type codePoolEdit,
  codePoolPage,
  codesAdded,
  rolledBack,
  usePage,
} from "#protocol/rest/codes.ts";
import type * as v from "valibot";
import type { Api, Failure } from "./api.ts";

export type PoolAnswer = v.InferOutput<typeof codePoolAnswer>;
export type CodesPage = v.InferOutput<typeof codePage>;
export type UsesPage = v.InferOutput<typeof usePage>;
type Answer<T> = Promise<Result<T, Failure>>;

const pools = "/api/v1/code-pools";
const drawMs = 60_000;

export async function askPools(api: Api): Answer<readonly PoolAnswer[]> {
  const found = await api.request(codePoolPage, "GET", pools);
  return found.ok ? { ok: true, value: found.value.items } : found;
}

export async function drawMore(api: Api, pool: Id, count: number): Answer<PoolAnswer> {
  const url = `${pools}/${pool}/generate`;
  const drawn = await api.request(codesAdded, "POST", url, { count }, { timeoutMs: drawMs });
  return drawn.ok ? { ok: true, value: drawn.value.pool } : drawn;
}

export function editPool(
  api: Api,
  pool: Id,
  wish: v.InferInput<typeof codePoolEdit>,
): Answer<PoolAnswer> {
  return api.request(codePoolAnswer, "PATCH", `${pools}/${pool}`, wish);
}

export function askCodes(api: Api, pool: Id, q: string): Answer<CodesPage> {
  return api.request(codePage, "GET", `${pools}/${pool}/codes?limit=50&q=${encodeURIComponent(q)}`);
}

export function askUses(api: Api, query: string): Answer<UsesPage> {
  return api.request(usePage, "GET", `/api/v1/redemptions?${query}`);
}

export async function rollBackUse(api: Api, pool: Id, n: number): Answer<PoolAnswer> {
  const url = `${pools}/${pool}/redemptions/${n}/rollback`;
  const done = await api.request(rolledBack, "POST", url, {});
  return done.ok ? { ok: true, value: done.value.pool } : done;
}
