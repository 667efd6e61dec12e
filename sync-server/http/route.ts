/**
 * One way to declare a call of the API: what it takes, who may make it, what it answers.
 * Who is calling is settled before the body is read; then the parts are parsed, a repeated
 * POST is answered as the first time, and the description is kept for OpenAPI.
 *
 * The guards are given to the app once, by `installGuards`, before any route is declared. In a
 * plugin of its own (`app.register`) a part may add content types; `route` works there too.
 */
import type { AccessSettings, Permission } from "#domain/access/permission.ts";
import { defaultAccessSettings, may } from "#domain/access/permission.ts";
import type { Role } from "#domain/access/role.ts";
import type { Id } from "#domain/core/id.ts";
import { deviceHeader, protocolHeader, protocolVersion } from "#protocol/version.ts";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import * as v from "valibot";
import { createReplay, type Answers, type Replay } from "./idempotency.ts";
import { isOurOrigin } from "./origin.ts";
import { HttpProblem, invalid } from "./problem.ts";

/** Who makes a request, and what they are in their workspace. */
export interface Caller {
  readonly workspace: Id;
  /** The person's id; the key's own id when an API key calls. */
  readonly user: Id;
  readonly role: Role;
  readonly name: string;
  readonly access: AccessSettings;
  readonly viaKey: boolean;
  /** The login session; an API key has none. */
  readonly session?: Id;
}

export interface Request<P, Q, B> {
  /** `nobody` on a route for anyone. */
  readonly caller: Caller;
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly raw: FastifyRequest;
  readonly reply: FastifyReply;
}

type Schema<T> = v.GenericSchema<unknown, T>;

export interface RouteOptions<P, Q, B> {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** The whole address, with `:name` for parameters. */
  readonly url: string;
  readonly summary: string;
  readonly permission: Permission | "anyone" | "signed-in";
  readonly params?: Schema<P>;
  readonly query?: Schema<Q>;
  /** Left out: the body is not looked at (the handler may stream `raw`). */
  readonly body?: Schema<B>;
  /** What it takes; JSON when left out. A type besides JSON needs a parser on its plugin. */
  readonly contentTypes?: readonly string[];
  readonly bodyLimit?: number;
  /** By status. The least one below 300 is what an answer gets when the handler sets no other. */
  readonly answers: Readonly<Record<number, v.GenericSchema | FileAnswer | "none">>;
  /** False: a repeat under the same Idempotency-Key is refused, as the answer holds a secret and is not kept. */
  readonly keepsAnswer?: boolean;
  /** Looks at the body before it is parsed; what it throws is the answer. */
  first?(request: { readonly body: unknown; readonly reply: FastifyReply }): void;
  handle(request: Request<P, Q, B>): Promise<unknown>;
}

/** An answer that is a file and not JSON. */
export type FileAnswer = "text" | "csv" | "xlsx";

/** What every route needs besides its own work. */
export interface Guards {
  /** The caller by cookie or key; null when there is none. */
  readonly authenticate: (request: FastifyRequest) => Promise<Caller | null>;
  /** Why the device of this id must remove everything; null: it need not. Left out: no devices here. */
  readonly endOf?: (device: Id) => Promise<string | null>;
  /** Where answers under an Idempotency-Key are kept. */
  readonly answers: Answers;
  readonly clock: () => number;
  /** The addresses of the app: unsafe requests with a cookie must come from one of them. */
  readonly origins: readonly string[];
}

/** A declared route, as the API description shows it. */
export interface RouteFacts {
  readonly method: string;
  readonly url: string;
  readonly summary: string;
  readonly permission: Permission | "anyone" | "signed-in";
  readonly params: v.GenericSchema | null;
  readonly query: v.GenericSchema | null;
  readonly body: v.GenericSchema | null;
  readonly contentTypes: readonly string[];
  readonly answers: Readonly<Record<number, v.GenericSchema | FileAnswer | "none">>;
}

interface Installed extends Guards {
  readonly replay: Replay;
  readonly routes: RouteFacts[];
}

/** The caller of a route that is for anyone: in no workspace, so nothing can be found for them. */
export const nobody: Caller = {
  workspace: "",
  user: "",
  role: "manager",
  name: "",
  access: defaultAccessSettings,
  viaKey: false,
};

const slot = "guards";
/** What is not declared by `route`: the files of the app, and the stream, which admits by itself. */
const ownPolicies = new Set(["/", "/*", "/sync/live"]);
const json = ["application/json"];

/** Gives the guards to the app. Once, before the first `route`. */
export function installGuards(app: FastifyInstance, guards: Guards): void {
  const installed: Installed = { ...guards, replay: createReplay(guards), routes: [] };
  app.decorate(slot, installed);
  app.addHook("onRoute", ({ url, config }) => {
    if (config !== undefined && "policy" in config) return;
    if (!ownPolicies.has(url)) throw new Error(`${url} says nowhere who may call it`);
  });
  app.addHook("onRequest", (request, reply, done) => {
    if (/^\/(?:api|sync)\//.test(request.url)) reply.header(protocolHeader, protocolVersion);
    done();
  });
}

/** Every route declared so far; none where the guards are missing. */
export function routesOf(app: FastifyInstance): readonly RouteFacts[] {
  return app.hasDecorator(slot) ? guardsOf(app).routes : [];
}

function guardsOf(app: FastifyInstance): Installed {
  return app.getDecorator<Installed>(slot);
}

const callers = new WeakMap<FastifyRequest, Caller>();

/** Declares one call of the API. */
export function route<P = undefined, Q = undefined, B = undefined>(
  app: FastifyInstance,
  options: RouteOptions<P, Q, B>,
): void {
  const guards = guardsOf(app);
  guards.routes.push(factsOf(options));
  app.route({
    method: options.method,
    url: options.url,
    config: { policy: options.permission },
    ...(options.bodyLimit === undefined ? {} : { bodyLimit: options.bodyLimit }),
    onRequest: async (request) => {
      callers.set(request, await admit(guards, options.permission, request));
      checkContentType(options.contentTypes ?? json, request);
    },
    handler: async (raw, reply) => {
      const caller = callers.get(raw) ?? nobody;
      options.first?.({ body: raw.body, reply });
      const request = { caller, ...parse(options, raw), raw, reply };
      const work = async (): Promise<unknown> => {
        reply.code(usualStatus(options));
        const answer = await options.handle(request);
        // Who went away in the middle of it was answered, too.
        const isAnswered = reply.sent || reply.raw.headersSent;
        return answer ?? (isAnswered ? reply : reply.send());
      };
      const isRepeatable = options.method === "POST" && caller !== nobody;
      return isRepeatable
        ? guards.replay({ caller, raw, reply, keeps: options.keepsAnswer ?? true }, work)
        : work();
    },
  });
}

/** The caller, when they may make this call; otherwise the refusal that fits. */
async function admit(
  guards: Guards,
  permission: RouteFacts["permission"],
  request: FastifyRequest,
): Promise<Caller> {
  const isUnsafe = request.method !== "GET" && request.method !== "HEAD";
  const hasKey = request.headers.authorization !== undefined;
  if (isUnsafe && !hasKey && !isOurOrigin(request.headers, guards.origins)) {
    throw new HttpProblem("bad_origin");
  }
  if (permission === "anyone") return nobody;
  await refuseEnded(guards, request);
  const caller = await guards.authenticate(request);
  if (caller === null) {
    throw new HttpProblem("unauthenticated", undefined, undefined, {
      "www-authenticate": "Bearer",
    });
  }
  if (permission !== "signed-in" && !may(caller.role, permission, caller.access)) {
    throw new HttpProblem("forbidden");
  }
  return caller;
}

/** A revoked device hears of it whatever it asks, also when its session has ended. */
async function refuseEnded(guards: Guards, { headers }: FastifyRequest): Promise<void> {
  const device = headers[deviceHeader];
  const why = typeof device === "string" ? await guards.endOf?.(device) : null;
  if (typeof why === "string") throw new HttpProblem("revoked", why);
}

function checkContentType(taken: readonly string[], { headers }: FastifyRequest): void {
  const type = headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
  if (type === undefined || taken.includes(type)) return;
  throw new HttpProblem("unsupported_type", `Send ${taken.join(" or ")}, not ${type}.`);
}

function parse<P, Q, B>(
  options: RouteOptions<P, Q, B>,
  raw: FastifyRequest,
): { readonly params: P; readonly query: Q; readonly body: B } {
  return {
    params: parseParams(options.params, raw.params),
    query: parsePart(options.query, raw.query),
    body: parsePart(options.body, takesObject(options.body) ? objectOf(raw.body) : raw.body),
  };
}

function takesObject(schema: v.GenericSchema | undefined): boolean {
  return schema?.type.endsWith("object") === true;
}

/** No body at all is an empty object; a list would pass for an object that lacks its fields. */
function objectOf(body: unknown): unknown {
  if (body === undefined) return {};
  if (typeof body === "object" && body !== null && !Array.isArray(body)) return body;
  throw new HttpProblem("invalid", "The body must be a JSON object.");
}

/** An id that cannot be one is like an id that nothing has. */
function parseParams<P>(schema: Schema<P> | undefined, value: unknown): P {
  const parsed = v.safeParse(schema ?? unread<P>(), value);
  if (!parsed.success) throw new HttpProblem("not_found");
  return parsed.output;
}

function parsePart<T>(schema: Schema<T> | undefined, value: unknown): T {
  const parsed = v.safeParse(schema ?? unread<T>(), value);
  if (!parsed.success) throw invalid(parsed.issues);
  return parsed.output;
}

/** A part without a schema: its type is the default, so that a handler cannot use what nobody checked. */
function unread<T>(): Schema<T> {
  return v.custom<T>(() => true);
}

function usualStatus({ answers }: Pick<RouteFacts, "answers">): number {
  const good = Object.keys(answers)
    .map(Number)
    .filter((status) => status < 300);
  return good.length === 0 ? 200 : Math.min(...good);
}

function factsOf<P, Q, B>(options: RouteOptions<P, Q, B>): RouteFacts {
  const { method, url, summary, permission, params, query, body, answers } = options;
  return {
    method,
    url,
    summary,
    permission,
    params: params ?? null,
    query: query ?? null,
    body: body ?? null,
    contentTypes: options.contentTypes ?? json,
    answers,
  };
}
