/** The description of the API, made from the very schemas that parse its requests. */
import { errors, type ErrorType } from "#protocol/error.ts";
import { toJsonSchema } from "@valibot/to-json-schema";
import type * as v from "valibot";
import { fileTypes } from "./file-types.ts";
import type { RouteFacts } from "./route.ts";

type Json = Readonly<Record<string, unknown>>;

export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly description: string;
  readonly parameters: readonly Json[];
  readonly requestBody?: Json;
  readonly responses: Json;
  readonly security: readonly Json[];
}

export interface Description {
  readonly openapi: "3.1.0";
  readonly info: Json;
  readonly servers: readonly Json[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Json;
}

export function describeApi(routes: readonly RouteFacts[], publicUrl: string): Description {
  const paths: Record<string, Record<string, Operation>> = {};
  for (const facts of routes) {
    const path = facts.url.replaceAll(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [facts.method.toLowerCase()]: toOperation(facts) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Fieldcast",
      version: "1",
      description:
        "Times are ISO 8601 in UTC. Every error is a problem detail (RFC 9457) with a stable type. " +
        "A POST that is repeated with the same Idempotency-Key is done once.",
    },
    servers: [{ url: publicUrl }],
    paths,
    components: {
      schemas: { Problem: problemSchema },
      securitySchemes: {
        key: { type: "http", scheme: "bearer" },
        session: { type: "apiKey", in: "cookie", name: "fieldcast.session_token" },
      },
    },
  };
}

const problemSchema: Json = {
  type: "object",
  required: ["type", "title", "status", "detail"],
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string" },
    field: { type: "string" },
    requestId: { type: "string" },
  },
};

function toOperation(facts: RouteFacts): Operation {
  const { method, url, summary, permission, body } = facts;
  const isOpen = permission === "anyone";
  const leave = permission === "signed-in" ? "Any member may." : `Needs ${permission}.`;
  return {
    operationId: idOf(method, url),
    summary,
    tags: [tagOf(url)],
    description: isOpen ? "Needs no credentials." : leave,
    parameters: [
      ...parametersIn("path", facts.params),
      ...parametersIn("query", facts.query),
      ...(method === "POST" && !isOpen ? [idempotencyKey] : []),
    ],
    ...(body === null && facts.contentTypes[0] === "application/json"
      ? {}
      : { requestBody: requestBody(facts) }),
    responses: responsesOf(facts),
    security: isOpen ? [] : [{ key: [] }, { session: [] }],
  };
}

const idempotencyKey: Json = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  schema: { type: "string", maxLength: 200 },
};

function parametersIn(place: "path" | "query", schema: v.GenericSchema | null): readonly Json[] {
  if (schema === null) return [];
  const { properties, required } = toJson(schema, "input");
  return Object.entries(properties ?? {}).map(([name, each]) => ({
    name,
    in: place,
    required: place === "path" || (required ?? []).includes(name),
    schema: each,
  }));
}

function requestBody({ body, contentTypes }: RouteFacts): Json {
  const entries = contentTypes.map((type) => {
    const isJson = type === "application/json" && body !== null;
    return [type, { schema: isJson ? toJson(body, "input") : { type: "string" } }];
  });
  return { content: Object.fromEntries(entries) };
}

function responsesOf(facts: RouteFacts): Json {
  const good = Object.entries(facts.answers).map(([status, answer]) => {
    const description = "As asked";
    if (answer === "none") return [status, { description }];
    if (typeof answer === "string") {
      const content = { [fileTypes[answer]]: { schema: { type: "string" } } };
      return [status, { description, content }];
    }
    return [
      status,
      { description, content: { "application/json": { schema: toJson(answer, "output") } } },
    ];
  });
  const bad = refusalsOf(facts).map((type) => {
    const { status, title } = errors[type];
    const schema = { $ref: "#/components/schemas/Problem" };
    return [status, { description: title, content: { "application/problem+json": { schema } } }];
  });
  return Object.fromEntries([...bad, ...good]);
}

/** What a route can refuse because of what it is; the rules may refuse more. */
function refusalsOf({ permission, params, body, query }: RouteFacts): readonly ErrorType[] {
  const isOpen = permission === "anyone";
  return [
    ...(isOpen ? [] : (["unauthenticated", "forbidden"] as const)),
    ...(params === null ? [] : (["not_found"] as const)),
    ...(body === null && query === null ? [] : (["malformed", "invalid"] as const)),
    "too_many_requests",
  ];
}

function toJson(schema: v.GenericSchema, typeMode: "input" | "output") {
  const { $schema: _, ...json } = toJsonSchema(schema, { errorMode: "ignore", typeMode });
  return json;
}

/** `POST /api/v1/campaigns/:id/send` as `postCampaignsIdSend`. */
function idOf(method: string, url: string): string {
  const words = url
    .replace("/api/v1", "")
    .split(/[/:._-]/)
    .filter((word) => word !== "");
  const capitals = words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1));
  return method.toLowerCase() + capitals.join("");
}

function tagOf(url: string): string {
  return url.replace("/api/v1", "").split("/")[1] ?? "";
}
