// What cannot be right is refused in words, names its field, and changes nothing.
import { protocolVersion } from "#protocol/version.ts";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { routesOf } from "#server/http/route.ts";
import { StoreError } from "#server/store/store.ts";
import { openTestApp, type Ask, type TestApp } from "../support/test-app.ts";

let it: TestApp;
let admin: Ask;

beforeAll(async () => {
  it = await openTestApp();
  admin = await it.setUp();
});

afterAll(() => it.close());

const json = { "content-type": "application/json" };
const member = {
  name: "Bo",
  email: "bo@example.com",
  role: "office",
  password: "long enough pass",
};

describe("a body", () => {
  test.each([
    ["is cut off", '{"name":', 400, "malformed"],
    ["is no JSON", "name=Bo", 400, "malformed"],
    ["tries to reach a prototype", '{"__proto__":{"role":"admin"}}', 400, "malformed"],
    ["is a list", "[]", 422, "invalid"],
    ["is a text", '"x"', 422, "invalid"],
    ["is nothing", "null", 422, "invalid"],
  ])("that %s is refused", async (_, body, status, type) => {
    const answer = await admin("/api/v1/members", { method: "POST", body, headers: json });
    expect(answer.json()).toMatchObject({ status, type: `/docs/errors#${type}` });
    expect(answer.headers["content-type"]).toContain("application/problem+json");
  });

  test("that is too large is refused", async () => {
    const body = JSON.stringify({ ...member, name: "x".repeat(2_000_000) });
    const answer = await admin("/api/v1/members", { method: "POST", body, headers: json });
    expect(answer.json()).toMatchObject({ status: 413, type: "/docs/errors#too_large" });
  });

  test.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])(
    "of the type %s is refused where JSON is taken",
    async (type) => {
      const headers = { "content-type": type };
      const answer = await admin("/api/v1/members", { method: "POST", body: "a=b", headers });
      expect(answer.json()).toMatchObject({ status: 415, type: "/docs/errors#unsupported_type" });
    },
  );

  test.each([
    ["role", { ...member, role: "owner" }],
    ["email", { ...member, email: "bo at example" }],
    ["name", { ...member, name: 7 }],
    ["password", { ...member, password: "short" }],
    ["tenant", { ...member, tenant: "other" }],
    ["name", { email: member.email, role: "office", password: member.password }],
  ])("with a wrong %s says so", async (field, body) => {
    const answer = await admin("/api/v1/members", { method: "POST", body });
    expect(answer.json()).toMatchObject({ status: 422, field });
    expect(answer.json().detail.length).toBeGreaterThan(10);
    expect((await admin("/api/v1/members")).json().items).toHaveLength(1);
  });
});

test("deep JSON does not hold the server up", async () => {
  const body = "[".repeat(200_000) + "]".repeat(200_000);
  const answer = await admin("/api/v1/members", { method: "POST", body, headers: json });
  expect([400, 422]).toContain(answer.statusCode);
});

test("a method that an address does not take is told which ones it takes", async () => {
  const answer = await admin("/api/v1/members", { method: "PUT", body: {} });
  expect(answer.json()).toMatchObject({ status: 405, type: "/docs/errors#method_not_allowed" });
  expect(answer.headers["allow"]).toBe("GET, POST");
});

test.each(["/api/v1/nothing", "/api/v1/members/x/y", "/api", "/sync/other", "/docs/none"])(
  "%s is nothing, in problem details",
  async (url) => {
    const answer = await admin(url);
    expect(answer.json()).toMatchObject({ status: 404, type: "/docs/errors#not_found" });
  },
);

test.each(["not-an-id", "1", "../../etc/passwd", "%00", "x".repeat(300)])(
  "the id %j is like an id of nothing",
  async (id) => {
    const answer = await admin(`/api/v1/members/${encodeURIComponent(id)}`, { method: "DELETE" });
    expect([404, 414]).toContain(answer.statusCode);
  },
);

test("every error carries the id under which the log has it", async () => {
  const answer = await admin("/api/v1/nothing");
  expect(answer.json().requestId).toMatch(/^[0-9a-f-]{36}$/);
});

test("every answer of the API carries the protocol and is kept by no cache", async () => {
  for (const url of ["/api/v1/session", "/api/v1/nothing", "/api/v1/members"]) {
    const { headers } = await admin(url);
    expect([headers["fieldcast-protocol"], headers["cache-control"]]).toEqual([
      String(protocolVersion),
      "no-store",
    ]);
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
  }
});

test("OpenAPI describes every route", async () => {
  const { paths, openapi } = (await admin("/api/v1/openapi.json")).json();
  expect(openapi).toBe("3.1.0");
  const described = Object.entries<object>(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const declared = routesOf(it.app).map(
    ({ method, url }) => `${method} ${url.replaceAll(/:(\w+)/g, "{$1}")}`,
  );
  expect(described.toSorted()).toEqual(declared.toSorted());
});

test.each(["/docs", "/docs/errors"])("%s is a page without scripts", async (url) => {
  const answer = await it.nobody(url);
  expect(answer.headers["content-type"]).toContain("text/html");
  expect(answer.body).not.toContain("<script");
  expect(answer.body).toContain("<h1>");
});

describe("a storage that fails", () => {
  test.each([
    ["full", 507, "storage_full"],
    ["busy", 503, "unavailable"],
    ["other", 500, "internal"],
  ] as const)("because it is %s answers %i", async (failure, status, type) => {
    const change = vi.spyOn(it.store.access, "changeWorkspace");
    change.mockRejectedValueOnce(new StoreError(failure, "disk of ana.planted@example.com"));
    const answer = await admin("/api/v1/workspace", { method: "PATCH", body: { name: "New" } });
    change.mockRestore();
    expect(answer.json()).toMatchObject({ status, type: `/docs/errors#${type}` });
    expect(answer.body).not.toContain("planted");
    expect((await admin("/api/v1/session")).json()).toMatchObject({ workspace: { name: "Acme" } });
  });
});

test("a defect says nothing of itself to the caller and everything to the log", async () => {
  const read = vi.spyOn(it.store.access, "members");
  read.mockRejectedValueOnce(new TypeError("secret detail of the inside"));
  const answer = await admin("/api/v1/members");
  read.mockRestore();
  expect(answer.json()).toMatchObject({ status: 500, type: "/docs/errors#internal" });
  expect(answer.body).not.toContain("secret detail");
  const line = it.lines.find((each) => each.includes("secret detail"));
  expect(line).toContain(answer.json().requestId);
});

test("no address of a person reaches the log, whatever fails", async () => {
  await it.nobody("/api/auth/sign-in/email", {
    method: "POST",
    body: { email: "planted.person@example.com", password: "x".repeat(20) },
  });
  await admin("/api/v1/nothing?q=planted.person@example.com&phone=%2B84912345678");
  const log = it.lines.join("");
  expect(log).not.toMatch(/planted|912345678/);
});
