/** People's limits, asked of the server each time: the device keeps no addresses. */
import type { PeopleLimits } from "#domain/limits/people-limits.ts";
import type { SuppressionReason } from "#domain/limits/suppression.ts";
import { ok, type Result } from "#domain/core/result.ts";
import {
  decided,
  peopleLimits,
  suppressionPage,
  suppressionsAdded,
  unreachablePage,
} from "#protocol/rest/limits.ts";
import * as v from "valibot";
import type { Api, Failure } from "./api.ts";

type Answer<T> = Promise<Result<T, Failure>>;

export type SuppressionPage = v.InferOutput<typeof suppressionPage>;
export type SuppressionRow = SuppressionPage["items"][number];
export type SuppressionsAdded = v.InferOutput<typeof suppressionsAdded>;
export type UnreachablePage = v.InferOutput<typeof unreachablePage>;
export type UnreachableRow = UnreachablePage["items"][number];
export type UnreachableAct = "unsubscribe" | "keep" | "restore";

export interface SuppressionInput {
  readonly addresses: readonly string[];
  readonly reason: SuppressionReason;
  readonly note: string;
  readonly source: string;
}

export function limitsCalls(api: Api) {
  return {
    suppressions(q: string, cursor: string | null): Answer<SuppressionPage> {
      const query = new URLSearchParams({ q, limit: "50", ...(cursor === null ? {} : { cursor }) });
      return api.request(suppressionPage, "GET", `/api/v1/suppressions?${query}`);
    },
    suppress(input: SuppressionInput): Answer<SuppressionsAdded> {
      return api.request(suppressionsAdded, "POST", "/api/v1/suppressions", input);
    },
    async unsuppress(address: string, note: string): Answer<null> {
      const path = "/api/v1/suppressions/removals";
      return silent(await api.request(v.unknown(), "POST", path, { address, note }));
    },
    unreachable(state: "listed" | "suppressed", cursor: string | null): Answer<UnreachablePage> {
      const query = new URLSearchParams({ state, ...(cursor === null ? {} : { cursor }) });
      return api.request(unreachablePage, "GET", `/api/v1/unreachable?${query}`);
    },
    async decide(act: UnreachableAct, addresses: readonly string[] | null): Answer<number> {
      const body = addresses === null ? { act } : { act, addresses };
      const answer = await api.request(decided, "POST", "/api/v1/unreachable/decisions", body);
      return answer.ok ? ok(answer.value.changed) : answer;
    },
    limits(): Answer<PeopleLimits> {
      return api.request(peopleLimits, "GET", "/api/v1/limits");
    },
    async setLimits(limits: PeopleLimits): Answer<null> {
      return silent(await api.request(peopleLimits, "PATCH", "/api/v1/limits", limits));
    },
  };
}

export type LimitsCalls = ReturnType<typeof limitsCalls>;

function silent<T>(answer: Result<T, Failure>): Result<null, Failure> {
  return answer.ok ? ok(null) : answer;
}
