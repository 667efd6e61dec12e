import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fastify, { type FastifyInstance } from "fastify";
import { afterEach, beforeEach, expect, test } from "vitest";
import { registerHeaders } from "./headers.ts";

let buildDir: string;

beforeEach(async () => {
  buildDir = await mkdtemp(join(tmpdir(), "fieldcast-headers-"));
});

afterEach(() => rm(buildDir, { recursive: true }));

async function appAt(publicUrl: string): Promise<FastifyInstance> {
  const app = fastify();
  await registerHeaders(app, { buildDir, publicUrl });
  app.get("/page", () => "page");
  app.get("/api/v1/thing", () => "thing");
  return app;
}

test("lets the built page's own script run, and no other", async () => {
  await writeFile(join(buildDir, "200.html"), "<body><script>alert(1)</script></body>");
  const app = await appAt("http://localhost:3000");
  const { headers } = await app.inject("/page");
  const policy = String(headers["content-security-policy"]);
  // printf 'alert(1)' | openssl dgst -sha256 -binary | base64
  expect(policy).toContain(
    "script-src 'self' 'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='",
  );
  expect(policy).not.toMatch(/script-src[^;]*unsafe/);
  expect(policy).toContain("default-src 'none'");
});

test("names its own socket address, and insists on https only where it is served by it", async () => {
  const local = await (await appAt("http://localhost:3000")).inject("/page");
  const away = await (await appAt("https://app.example")).inject("/page");
  expect(local.headers["strict-transport-security"]).toBe(undefined);
  expect(away.headers["strict-transport-security"]).toContain("includeSubDomains");
  expect(away.headers["content-security-policy"]).toContain("connect-src 'self' wss://app.example");
});

test("keeps answers of the API out of every cache, pages not", async () => {
  const app = await appAt("http://localhost:3000");
  expect((await app.inject("/api/v1/thing")).headers["cache-control"]).toBe("no-store");
  expect((await app.inject("/page")).headers["cache-control"]).toBe(undefined);
});
