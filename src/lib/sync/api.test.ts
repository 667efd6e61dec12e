import { protocolVersion } from "#protocol/version.ts";
import { createServer, type Server, type ServerResponse } from "node:http";
import { once } from "node:events";
import { problem } from "#protocol/error.ts";
import * as v from "valibot";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createApi, type Failure, type RequestOptions } from "./api.ts";

const schema = v.object({ n: v.number() });
const ours = { "fieldcast-protocol": String(protocolVersion), "content-type": "application/json" };

let server: Server;
let base: string;
let answer: (response: ServerResponse) => void;
const seen: { readonly method: string; readonly key: string | undefined }[] = [];

beforeEach(async () => {
  seen.length = 0;
  server = createServer((request, response) => {
    const key = request.headers["idempotency-key"];
    seen.push({ method: request.method ?? "", key: typeof key === "string" ? key : undefined });
    request.resume();
    answer(response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("it listens on a port");
  base = `http://127.0.0.1:${address.port}`;
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
});

function ask(options?: RequestOptions, method: "GET" | "POST" = "GET") {
  const api = createApi({ fetch, base, newId: () => "an-id" });
  const body = method === "POST" ? {} : undefined;
  return api.request(schema, method, "/api/v1/thing", body, options);
}

async function failureOf(asked: ReturnType<typeof ask>): Promise<Failure> {
  const result = await asked;
  if (result.ok) throw new Error("this fails");
  return result.error;
}

function answers(status: number, headers: Record<string, string>, body: string): void {
  answer = (response) => response.writeHead(status, headers).end(body);
}

test("an answer of our server is parsed, and a POST carries a key", async () => {
  answers(200, ours, '{"n":1}');
  expect(await ask(undefined, "POST")).toEqual({ ok: true, value: { n: 1 } });
  expect(seen).toEqual([{ method: "POST", key: "an-id" }]);
});

test("a login page of the network is told from our server, whatever it says", async () => {
  answers(200, { "content-type": "text/html" }, "<h1>Welcome to the hotel</h1>");
  expect((await failureOf(ask())).kind).toBe("captive");
  answers(200, { "content-type": "application/json" }, '{"n":1}');
  expect((await failureOf(ask())).kind).toBe("captive");
  answers(302, { location: "http://login.example" }, "");
  expect((await failureOf(ask())).kind).toBe("captive");
  answers(511, { "content-type": "text/html" }, "log in");
  expect((await failureOf(ask())).kind).toBe("captive");
});

test("a proxy whose server is away is a server in trouble, not a login page", async () => {
  answers(502, { "content-type": "text/html" }, "<h1>Bad gateway</h1>");
  expect((await failureOf(ask())).kind).toBe("server-error");
});

test("a refusal keeps the server's words, the field and the patience it asks for", async () => {
  answers(422, ours, JSON.stringify(problem("invalid", "The name is missing.", "name")));
  expect(await failureOf(ask())).toMatchObject({
    kind: "refused",
    detail: "The name is missing.",
    field: "name",
  });
  answers(429, { ...ours, "retry-after": "7" }, JSON.stringify(problem("too_many_requests")));
  expect(await failureOf(ask())).toMatchObject({ kind: "busy", retryAfterMs: 7_000 });
});

test("S4 sync centre: what failed is remembered with the id by which the server's log has it", async () => {
  const api = createApi({ fetch, base, newId: () => "an-id", now: () => 7 });
  answers(500, ours, JSON.stringify({ ...problem("internal"), requestId: "req-1" }));
  await api.request(schema, "GET", "/api/v1/thing?q=ana");
  expect(api.troubles?.()).toMatchObject([
    { at: 7, request: "GET /api/v1/thing", kind: "server-error", requestId: "req-1", times: 1 },
  ]);
});

test.each([
  [401, "signed-out"],
  [410, "revoked"],
  [426, "update-required"],
  [503, "server-error"],
  [404, "refused"],
] as const)("status %i is understood as %s", async (status, kind) => {
  answers(status, ours, "not even JSON");
  expect(await failureOf(ask())).toMatchObject({ kind, status: expect.any(Number) });
});

test("a wrong password ends no session", async () => {
  answers(401, ours, JSON.stringify(problem("wrong_credentials")));
  expect(await failureOf(ask())).toMatchObject({ kind: "refused", status: 401 });
});

describe("[S23] a server of another version", () => {
  const newer = { ...ours, "fieldcast-protocol": String(protocolVersion + 1) };
  const older = { ...ours, "fieldcast-protocol": String(protocolVersion - 1) };

  test("is ours: what it answers is read", async () => {
    for (const headers of [newer, older]) {
      answers(200, headers, '{"n":1}');
      expect(await ask()).toEqual({ ok: true, value: { n: 1 } });
    }
  });

  test("that is newer and answers in another shape asks for an update", async () => {
    answers(200, newer, '{"n":"one"}');
    expect((await failureOf(ask())).kind).toBe("update-required");
    answers(426, newer, JSON.stringify(problem("upgrade_required")));
    expect((await failureOf(ask())).kind).toBe("update-required");
  });

  test("that is older and does not understand is behind, and says how long to wait", async () => {
    answers(503, { ...older, "retry-after": "60" }, JSON.stringify(problem("unavailable")));
    expect(await failureOf(ask())).toMatchObject({ kind: "server-behind", retryAfterMs: 60_000 });
    answers(200, older, '{"n":"one"}');
    expect((await failureOf(ask())).kind).toBe("server-behind");
  });
});

test("an answer of another shape is a server in trouble, never a wrong value", async () => {
  answers(200, ours, '{"n":"one"}');
  expect((await failureOf(ask())).kind).toBe("server-error");
});

test("an answer that does not come is given up", async () => {
  answer = () => undefined;
  expect((await failureOf(ask({ timeoutMs: 30 }))).kind).toBe("timeout");
});

test("a caller who gives up is told so", async () => {
  const caller = new AbortController();
  answer = () => caller.abort();
  expect((await failureOf(ask({ signal: caller.signal }))).kind).toBe("aborted");
});

test("nobody listening is no network", async () => {
  server.close();
  await once(server, "close");
  expect((await failureOf(ask())).kind).toBe("unreachable");
});
