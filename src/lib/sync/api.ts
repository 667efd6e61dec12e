/** The one place that talks HTTP with the server. It never throws: every failure is a value. */
import * as v from "valibot";
import { err, ok, type Result } from "#domain/core/result.ts";
import type { Instant } from "#domain/core/time.ts";
import type { Problem } from "#protocol/error.ts";
import { told as inLanguage } from "#lib/i18n/text.ts";
import { protocolHeader, protocolVersion } from "#protocol/version.ts";

import { createTroubleLog, type Trouble } from "./troubles.ts";

export type { Problem } from "#protocol/error.ts";

export type Method = "GET" | "POST" | "PATCH" | "DELETE";

export type FailureKind =
  /** No answer at all: no network, or nobody listens. */
  | "unreachable"
  | "timeout"
  /** Somebody else answered: a network that wants a login first. */
  | "captive"
  | "signed-out"
  | "revoked"
  /** This profile was copied: it takes an id of its own. */
  | "fork"
  | "update-required"
  /** The server is older than this app, and does not understand what was asked. */
  | "server-behind"
  /** The server asked for patience. */
  | "busy"
  /** The request itself is wrong: repeating it changes nothing. */
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
  /** How long the answer may take to begin; 8 s unless told. Its body, or each line, may take a minute. */
  readonly timeoutMs?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Takes each line of the answer but the last when it has come; only the last is the answer then. */
  readonly onLine?: (text: string) => Promise<void>;
}

export interface Api {
  /** One request with a JSON answer, checked by the schema. */
  request<T>(
    schema: v.GenericSchema<unknown, T>,
    method: Method,
    path: string,
    body?: unknown,
    options?: RequestOptions,
  ): Promise<Result<T, Failure>>;
  /** What failed lately. */
  troubles?(): readonly Trouble[];
}

export interface ApiDeps {
  readonly fetch: typeof globalThis.fetch;
  /** "" in the page; the server's address elsewhere. */
  readonly base: string;
  readonly newId: () => string;
  readonly onFailure?: (failure: Failure) => void;
  /** What the device's clock shows; that of the page when left out. */
  readonly now?: () => Instant;
}

/** Of an answer in lines, each of which is whole. */
export const linesType = "application/x-ndjson";

const headTimeoutMs = 8_000;
const bodyTimeoutMs = 60_000;

export function createApi(deps: ApiDeps): Api {
  const { now = Date.now } = deps;
  const log = createTroubleLog();
  return {
    troubles: () => log.all,
    async request(schema, method, path, ...[body, options = {}]) {
      const answer = await exchange(deps, { method, path, body, options });
      const result = answer.ok ? check(schema, answer.value) : answer;
      if (result.ok) return result;
      const { kind, status, requestId = null } = result.error;
      if (kind !== "aborted") log.add({ at: now(), method, path, kind, status, requestId });
      deps.onFailure?.(result.error);
      return result;
    },
  };
}

interface Asked {
  readonly method: Method;
  readonly path: string;
  readonly body: unknown;
  readonly options: RequestOptions;
}

interface Answer {
  /** The server's version of the protocol. */
  readonly protocol: number;
  readonly status: number;
  /** undefined: no body. */
  readonly body: unknown;
}

async function exchange(deps: ApiDeps, asked: Asked): Promise<Result<Answer, Failure>> {
  const { signal, timeoutMs = headTimeoutMs, onLine } = asked.options;
  const patience = new AbortController();
  const abort = () => patience.abort();
  let timer = setTimeout(abort, timeoutMs);
  const wait = (): void => {
    clearTimeout(timer);
    timer = setTimeout(abort, bodyTimeoutMs);
  };
  signal?.addEventListener("abort", abort);
  try {
    const response = await deps.fetch(`${deps.base}${asked.path}`, {
      ...requestOf(deps, asked),
      signal: patience.signal,
    });
    wait();
    return await read(response, async (line) => {
      await onLine?.(line);
      wait();
    });
  } catch {
    if (signal?.aborted === true) return err(failure("aborted"));
    return err(failure(patience.signal.aborted ? "timeout" : "unreachable"));
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}

function requestOf({ newId }: ApiDeps, { method, body, options }: Asked): RequestInit {
  const headers: Record<string, string> = { accept: "application/json", ...options.headers };
  if (body !== undefined) headers["content-type"] = "application/json";
  if (method === "POST") headers["idempotency-key"] = newId();
  return {
    method,
    headers,
    cache: "no-store",
    credentials: "same-origin",
    // Our server never redirects; who does is a network that wants a login.
    redirect: "manual",
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
}

type OnLine = (line: string) => Promise<void>;

async function read(response: Response, onLine: OnLine): Promise<Result<Answer, Failure>> {
  const { status, headers } = response;
  // Whichever version it carries: only who does not know our protocol at all is a stranger.
  const protocol = Number(headers.get(protocolHeader) ?? Number.NaN);
  if (!Number.isInteger(protocol)) {
    await response.body?.cancel();
    // A proxy before our server says 502 to 504 in its own words; 511 is a login page's own number.
    return err(failure(status >= 500 && status !== 511 ? "server-error" : "captive"));
  }
  const text = await lastLine(response, onLine);
  const body: unknown = text === "" ? undefined : parseJson(text);
  if (response.ok) return ok({ protocol, status, body });
  const refused = refusalOf(status, body, headers);
  const isBehind = protocol < protocolVersion && status === 503;
  return err(
    isBehind ? { ...failure("server-behind"), retryAfterMs: refused.retryAfterMs } : refused,
  );
}

async function lastLine(response: Response, onLine: OnLine): Promise<string> {
  const { headers, body } = response;
  const isLong = headers.get("content-type")?.startsWith(linesType) === true;
  if (!isLong || body === null) return response.text();
  let rest = "";
  let taken = Promise.resolve();
  // Not every browser lets a stream be walked through.
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return rest;
      const lines = (rest + value).split("\n");
      rest = lines.pop() ?? "";
      // Read on meanwhile: what had come and was not read is lost when the line breaks.
      for (const line of lines) taken = taken.then(() => onLine(line));
      taken.catch(() => undefined);
    }
  } finally {
    await taken;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function check<T>(schema: v.GenericSchema<unknown, T>, answer: Answer): Result<T, Failure> {
  const parsed = v.safeParse(schema, answer.body);
  return parsed.success ? ok(parsed.output) : err(failure(unreadable(answer)));
}

/** Why an answer can be of another shape than this build knows. */
function unreadable({ protocol }: Answer): FailureKind {
  if (protocol === protocolVersion) return "server-error";
  return protocol > protocolVersion ? "update-required" : "server-behind";
}

const problemSchema = v.object({
  type: v.string(),
  title: v.string(),
  status: v.number(),
  detail: v.string(),
  field: v.exactOptional(v.string()),
  requestId: v.exactOptional(v.string()),
});

function refusalOf(status: number, body: unknown, headers: Headers): Failure {
  const told = v.safeParse(problemSchema, body);
  // A wrong password says nothing about the session that asks.
  const isGuess = told.success && told.output.type.endsWith("#wrong_credentials");
  const isFork = told.success && told.output.type.endsWith("#fork");
  const kind = isGuess ? "refused" : isFork ? "fork" : kindOf(status);
  const retryAfterMs = retryAfter(headers.get("retry-after"));
  if (!told.success) return { ...failure(kind), kind, retryAfterMs };
  const { title, detail } = told.output;
  return {
    ...told.output,
    title: inLanguage(title),
    detail: inLanguage(detail),
    kind,
    retryAfterMs,
  };
}

function kindOf(status: number): FailureKind {
  if (status === 401) return "signed-out";
  if (status === 410) return "revoked";
  if (status === 426) return "update-required";
  if (status === 429) return "busy";
  return status >= 500 ? "server-error" : "refused";
}

function retryAfter(seconds: string | null): number | null {
  const value = Number(seconds);
  return seconds === null || !Number.isFinite(value) ? null : Math.max(0, value) * 1_000;
}

interface Words {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
}

const words = {
  unreachable: {
    status: 0,
    title: "No connection to the server",
    detail: "Check the network. What you did on this device is kept.",
  },
  timeout: {
    status: 0,
    title: "The server did not answer in time",
    detail: "The connection is slow. Try again in a moment.",
  },
  captive: {
    status: 0,
    title: "This network wants a login first",
    detail: "Open any web page to sign in to the network, then come back.",
  },
  "signed-out": { status: 401, title: "Your session has ended", detail: "Sign in again." },
  revoked: {
    status: 410,
    title: "This device was signed out",
    detail: "Sign in again if you may.",
  },
  fork: {
    status: 409,
    title: "This device's profile was copied",
    detail: "It takes a name of its own and goes on.",
  },
  "update-required": {
    status: 426,
    title: "This app is too old for the server",
    detail: "Reload to update. What you typed is kept.",
  },
  "server-behind": {
    status: 503,
    title: "The server is older than this app",
    detail: "Its update is on its way. What you did on this device is kept until then.",
  },
  busy: { status: 429, title: "Too many requests", detail: "Try again in a moment." },
  refused: { status: 400, title: "The server refused this", detail: "Reload and try again." },
  "server-error": {
    status: 500,
    title: "Something went wrong on the server",
    detail: "Try again; if it stays, tell your administrator.",
  },
  aborted: { status: 0, title: "Stopped", detail: "The request was given up." },
} as const satisfies Record<FailureKind, Words>;

/** A failure without the server's own words. */
export function failure(kind: FailureKind): Failure {
  const { status, title, detail } = words[kind];
  return { type: `about:blank#${kind}`, status, title, detail, kind, retryAfterMs: null };
}
