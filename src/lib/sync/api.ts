/** The one place that talks HTTP with the server. It never throws: every failure is a value. */
import type * as v from "valibot";
import type { Result } from "#domain/core/result.ts";
import type { Problem } from "#protocol/error.ts";

export type { Problem } from "#protocol/error.ts";

export type Method = "GET" | "POST" | "PATCH" | "DELETE";

export type FailureKind =
  | "unreachable"
  | "timeout"
  | "captive"
  | "signed-out"
  | "revoked"
  | "update-required"
  | "busy"
  | "refused"
  | "server-error"
  /** The caller gave up. */
  | "aborted";

/** A problem with what it means for syncing. */
export interface Failure extends Problem {
  readonly kind: FailureKind;
  /** From Retry-After, where the server asked for patience. */
  readonly retryAfterMs: number | null;
}

export interface RequestOptions {
  readonly signal?: AbortSignal;
  /** How long the answer may take; 8 s unless told. */
  readonly timeoutMs?: number;
}

export interface Exchange {
  readonly sentAt: number;
  readonly receivedAt: number;
}

export interface Api {
  /** One request with a JSON answer; `schema` null: the answer has no body that matters. */
  request<T>(
    schema: v.GenericSchema<unknown, T>,
    method: Method,
    path: string,
    body?: unknown,
    options?: RequestOptions,
  ): Promise<Result<T, Failure>>;
}

export interface ApiDeps {
  readonly fetch: typeof globalThis.fetch;
  /** "" in the page; the server's address elsewhere. */
  readonly base: string;
  readonly newId: () => string;
}
