import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fastify, { type FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { registerStatic } from "./static.ts";

describe("static files", () => {
  let root: string;
  let app: FastifyInstance;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), "fieldcast-static-"));
    await mkdir(join(root, "_app/immutable"), { recursive: true });
    await writeFile(join(root, "200.html"), "shell");
    await writeFile(join(root, "_app/immutable/a.js"), "plain");
    await writeFile(join(root, "_app/immutable/a.js.br"), "small");
    app = fastify();
    await registerStatic(app, { root });
  });

  afterAll(async () => {
    await app.close();
    await rm(root, { recursive: true });
  });

  test.each(["/", "/?source=pwa", "/campaigns/1?tab=log", "/apiary", "/sync"])(
    "%s is a page of the app",
    async (url) => {
      const { statusCode, body, headers } = await app.inject({ url });
      expect([statusCode, body, headers["cache-control"]]).toEqual([200, "shell", "no-cache"]);
    },
  );

  test.each(["/api/v1/x", "/sync/push", "/_app/immutable/gone.js", "/health", "/r/abc", "/docs?a"])(
    "%s never turns into a page",
    async (url) => {
      const { statusCode, headers } = await app.inject({ url });
      expect(statusCode).toBe(404);
      expect(headers["content-type"]).toContain("application/problem+json");
    },
  );

  test("a write to an unknown address is not answered with a page", async () => {
    expect((await app.inject({ method: "POST", url: "/campaigns" })).statusCode).toBe(404);
  });

  test("hashed files come compressed and are kept for a year", async () => {
    const { body, headers } = await app.inject({
      url: "/_app/immutable/a.js",
      headers: { "accept-encoding": "br" },
    });
    expect([body, headers["content-encoding"]]).toEqual(["small", "br"]);
    expect(headers["cache-control"]).toBe("public, max-age=31536000, immutable");
  });
});
