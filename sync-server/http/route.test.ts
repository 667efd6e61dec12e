import fastify, { type FastifyInstance } from "fastify";
import * as v from "valibot";
import { expect, test } from "vitest";
import { protocolHeader, protocolVersion } from "#protocol/version.ts";
import type { StoredAnswer } from "../store/access-store.ts";
import { toProblem } from "./problem.ts";
import { installGuards, route, type Caller } from "./route.ts";

const office: Caller = {
  workspace: "w1",
  user: "ana",
  role: "office",
  name: "Ana",
  access: { fieldMaySend: false },
  viaKey: false,
};

/** An app whose callers are named by the Authorization header: `office` or `manager`. */
function appWith(
  declare: (app: FastifyInstance) => void,
  kept = new Map<string, StoredAnswer>(),
): FastifyInstance {
  const app = fastify();
  app.setErrorHandler((error, _request, reply) => {
    const { problem, headers } = toProblem(error);
    return reply.code(problem.status).headers(headers).send(problem);
  });
  installGuards(app, {
    authenticate: async ({ headers }) => {
      if (headers.authorization === "office") return office;
      return headers.authorization === "manager" ? { ...office, role: "manager" } : null;
    },
    answers: {
      answerOf: async ({ workspace, key }) => kept.get(`${workspace} ${key}`) ?? null,
      keepAnswer: async ({ workspace, key, answer }) => {
        kept.set(`${workspace} ${key}`, answer);
      },
      dropAnswer: async ({ workspace, key }) => {
        kept.delete(`${workspace} ${key}`);
      },
    },
    clock: () => 0,
    origins: ["http://localhost:3000"],
  });
  declare(app);
  return app;
}

function withThings(): { readonly app: FastifyInstance; readonly made: string[] } {
  const made: string[] = [];
  const app = appWith((each) =>
    route(each, {
      method: "POST",
      url: "/api/v1/things",
      summary: "Make a thing",
      permission: "campaign.create",
      body: v.strictObject({ name: v.string(), size: v.optional(v.number()) }),
      answers: { 201: v.object({ n: v.number() }) },
      handle: async ({ body }) => ({ n: made.push(body.name) }),
    }),
  );
  return { app, made };
}

const authorization = "office";
const url = "/api/v1/things";

test("parses the body and answers with the declared status and the protocol header", async () => {
  const { app } = withThings();
  const answer = await app.inject({
    method: "POST",
    url,
    headers: { authorization },
    payload: { name: "a" },
  });
  expect([answer.statusCode, answer.json()]).toEqual([201, { n: 1 }]);
  expect(answer.headers[protocolHeader]).toBe(String(protocolVersion));
});

test.each([
  [{ name: 1 }, "name"],
  [{}, "name"],
  [{ name: "a", role: "admin" }, "role"],
  [{ name: "a", size: "big" }, "size"],
])("refuses the body %j with the field %s", async (payload, field) => {
  const { app, made } = withThings();
  const answer = await app.inject({ method: "POST", url, headers: { authorization }, payload });
  expect(answer.json()).toMatchObject({ status: 422, type: "/docs/errors#invalid", field });
  expect(answer.json().detail).toContain(field);
  expect(made).toEqual([]);
});

test.each(["[]", "null", "3", '"text"'])("refuses the body %s as no object", async (payload) => {
  const { app } = withThings();
  const headers = { authorization, "content-type": "application/json" };
  const answer = await app.inject({ method: "POST", url, headers, payload });
  expect(answer.json()).toMatchObject({ status: 422, detail: "The body must be a JSON object." });
  expect(answer.json()).not.toHaveProperty("field");
});

test("tells who is not signed in from who may not", async () => {
  const { app } = withThings();
  const nobody = await app.inject({ method: "POST", url, payload: { name: "a" } });
  const manager = await app.inject({
    method: "POST",
    url,
    headers: { authorization: "manager" },
    payload: { name: "a" },
  });
  expect([nobody.statusCode, manager.statusCode]).toEqual([401, 403]);
});

test("refuses another content type before it reads the body", async () => {
  const { app } = withThings();
  const answer = await app.inject({
    method: "POST",
    url,
    headers: { authorization, "content-type": "text/plain" },
    payload: "name=a",
  });
  expect(answer.statusCode).toBe(415);
});

test.each([
  { origin: "http://evil.example" },
  { "sec-fetch-site": "cross-site" },
  { cookie: "session=1" },
])("refuses an unsafe request that may come from another site: %j", async (headers) => {
  const { app } = withThings();
  const answer = await app.inject({ method: "POST", url, headers, payload: { name: "a" } });
  expect(answer.json()).toMatchObject({ status: 403, type: "/docs/errors#bad_origin" });
});

test("answers a repeated POST as the first time, and does it once", async () => {
  const { app, made } = withThings();
  const once = {
    method: "POST",
    url,
    headers: { authorization, "idempotency-key": "k" },
    payload: { name: "a" },
  } as const;
  const answers = await Promise.all([app.inject(once), app.inject(once)]);
  const again = await app.inject(once);
  expect([...answers, again].map((each) => [each.statusCode, each.json()])).toEqual([
    [201, { n: 1 }],
    [201, { n: 1 }],
    [201, { n: 1 }],
  ]);
  expect(made).toEqual(["a"]);
});

test("refuses a key that was used for another request", async () => {
  const { app, made } = withThings();
  const headers = { authorization, "idempotency-key": "k" };
  await app.inject({ method: "POST", url, headers, payload: { name: "a" } });
  const other = await app.inject({ method: "POST", url, headers, payload: { name: "b" } });
  expect(other.json()).toMatchObject({ status: 409, type: "/docs/errors#key_reused" });
  expect(made).toEqual(["a"]);
});

test("tells a repeat that nobody knows, when the server stopped before it answered", async () => {
  const kept = new Map<string, StoredAnswer>();
  let acts = 0;
  const declare = (answer: () => Promise<unknown>) => (each: FastifyInstance) =>
    route(each, {
      method: "POST",
      url,
      summary: "Work",
      permission: "signed-in",
      answers: { 200: v.object({}) },
      handle: async () => {
        acts += 1;
        return answer();
      },
    });
  const acted = Promise.withResolvers<undefined>();
  const stopped = appWith(
    declare(() => {
      acted.resolve(undefined);
      return Promise.withResolvers<unknown>().promise;
    }),
    kept,
  );
  const headers = { authorization, "idempotency-key": "k" };
  void stopped.inject({ method: "POST", url, headers });
  await acted.promise;
  const started = appWith(
    declare(async () => ({ done: true })),
    kept,
  );
  const repeat = await started.inject({ method: "POST", url, headers });
  expect(repeat.json()).toMatchObject({
    status: 409,
    type: "/docs/errors#key_reused",
    detail: expect.stringContaining("its outcome is not known"),
  });
  expect(acts).toBe(1);
});

test("keeps no error: after one, the same key may try again", async () => {
  let isBroken = true;
  const app = appWith((each) =>
    route(each, {
      method: "POST",
      url,
      summary: "Work the second time",
      permission: "signed-in",
      answers: { 200: v.object({}) },
      handle: async () => {
        if (isBroken) throw new Error("not yet");
        return { done: true };
      },
    }),
  );
  const headers = { authorization, "idempotency-key": "k" };
  expect((await app.inject({ method: "POST", url, headers })).statusCode).toBe(500);
  isBroken = false;
  expect((await app.inject({ method: "POST", url, headers })).statusCode).toBe(200);
});

test("answers an address part that cannot be right like one that nothing has", async () => {
  const app = appWith((each) =>
    route(each, {
      method: "GET",
      url: "/api/v1/things/:id",
      summary: "One thing",
      permission: "signed-in",
      params: v.strictObject({ id: v.pipe(v.string(), v.length(2)) }),
      answers: { 200: v.object({}) },
      handle: async ({ params }) => params,
    }),
  );
  const good = await app.inject({ url: "/api/v1/things/ab", headers: { authorization } });
  const bad = await app.inject({ url: "/api/v1/things/abc", headers: { authorization } });
  expect([good.json(), bad.statusCode]).toEqual([{ id: "ab" }, 404]);
});
