import { afterEach, beforeEach, expect, test } from "vitest";
import { openTestApp, type TestApp } from "../../tests/support/test-app.ts";

let server: TestApp;

beforeEach(async () => {
  server = await openTestApp();
});

afterEach(() => server.close());

test.each(["/health", "/api/v1/health"])("tells anyone at %s that it works", async (url) => {
  const answer = await server.nobody(url);
  expect([answer.statusCode, answer.json()]).toEqual([200, { status: "ok" }]);
  expect(answer.headers["cache-control"]).toBe("no-store");
});
