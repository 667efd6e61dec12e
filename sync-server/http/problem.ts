/** Every way in which a request ends without what was asked: problem details, RFC 9457. */
import type { Refusal } from "#domain/sync/refusal.ts";
import { errors, problem, type ErrorType, type Problem } from "#protocol/error.ts";
import { issueWords } from "#protocol/issue-words.ts";
import * as v from "valibot";
import { StoreError, type StoreFailure } from "../store/store.ts";
import { refusalWords } from "./refusal-words.ts";

/** Thrown by a handler to end its request with an error of the catalogue. */
export class HttpProblem extends Error {
  readonly type: ErrorType;
  readonly detail: string | undefined;
  readonly field: string | undefined;
  readonly headers: Readonly<Record<string, string>>;

  // Four plain values read better at the hundred places that throw than an object would.
  constructor(
    type: ErrorType,
    detail?: string,
    field?: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail ?? errors[type].title);
    this.name = "HttpProblem";
    this.type = type;
    this.detail = detail;
    this.field = field;
    this.headers = headers;
  }
}

/** A refusal of the rules as the problem that its catalogue entry says. */
export function refused(refusal: Refusal): HttpProblem {
  const { type, field } = refusal;
  return new HttpProblem(type, refusalWords(refusal) ?? undefined, field ?? undefined);
}

/** The first thing that is wrong with a value, with the path of its field. */
export function invalid(issues: readonly v.BaseIssue<unknown>[], within = ""): HttpProblem {
  const [issue] = issues;
  if (issue === undefined) return new HttpProblem("invalid");
  const path = [within, v.getDotPath(issue) ?? ""].filter((part) => part !== "").join(".");
  if (path === "") return new HttpProblem("invalid", `The body ${issueWords(issue)}.`);
  return new HttpProblem("invalid", `${path} ${issueWords(issue)}.`, path);
}

/** An answer that ends a request badly. */
export interface ProblemAnswer {
  readonly problem: Problem;
  readonly headers: Readonly<Record<string, string>>;
}

const storeFailures = {
  full: "storage_full",
  busy: "unavailable",
  newer: "unavailable",
  readonly: "unavailable",
  corrupt: "unavailable",
  other: "internal",
} as const satisfies Record<StoreFailure, ErrorType>;

/** What the framework itself refuses, by its status. */
const byStatus: Readonly<Record<number, ErrorType>> = {
  400: "malformed",
  404: "not_found",
  405: "method_not_allowed",
  413: "too_large",
  414: "too_large",
  415: "unsupported_type",
  429: "too_many_requests",
  431: "too_large",
  503: "unavailable",
};

/** Any thrown thing as problem details. What is not known to be the caller's doing stays unsaid. */
export function toProblem(error: unknown): ProblemAnswer {
  if (error instanceof HttpProblem) {
    return { problem: problem(error.type, error.detail, error.field), headers: error.headers };
  }
  if (error instanceof StoreError) return plain(storeFailures[error.failure]);
  return plain(byStatus[statusOf(error)] ?? "internal");
}

function plain(type: ErrorType): ProblemAnswer {
  const headers: Record<string, string> = type === "unavailable" ? { "retry-after": "2" } : {};
  return { problem: problem(type), headers };
}

function statusOf(error: unknown): number {
  return error instanceof Error && "statusCode" in error ? Number(error.statusCode) : 500;
}
