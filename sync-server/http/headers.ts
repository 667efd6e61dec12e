/**
 * The headers that keep other sites and planted scripts out. The content policy is a header,
 * as a page's own meta tag cannot say who may frame it; the page's one inline script is
 * allowed by its hash, read from the built page at the start.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import helmet from "@fastify/helmet";
import fastify, { type FastifyInstance } from "fastify";

export interface HeaderOptions {
  /** Where the built app lies. */
  readonly buildDir: string;
  readonly publicUrl: string;
}

export async function registerHeaders(
  app: FastifyInstance,
  { buildDir, publicUrl }: HeaderOptions,
): Promise<void> {
  const always = await headersFor({ buildDir, publicUrl });
  app.addHook("onRequest", (_request, reply, done) => {
    reply.headers(always);
    done();
  });
  // What the API answers is about people: no cache keeps it unless the route says how.
  app.addHook("onSend", (request, reply, _payload, done) => {
    const isApi = /^\/(?:api|sync)\//.test(request.url);
    if (isApi && !reply.hasHeader("cache-control")) reply.header("cache-control", "no-store");
    done();
  });
}

/** None of them depends on a request: made once, they cost a request nothing. */
async function headersFor({
  buildDir,
  publicUrl,
}: HeaderOptions): Promise<Readonly<Record<string, string>>> {
  const isHttps = publicUrl.startsWith("https:");
  const mould = fastify();
  await mould.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: policy(inlineScriptHashes(readShell(buildDir)), publicUrl),
    },
    strictTransportSecurity: isHttps && { maxAge: 31_536_000, includeSubDomains: true },
    referrerPolicy: { policy: "same-origin" },
    crossOriginEmbedderPolicy: false,
    xFrameOptions: { action: "deny" },
  });
  mould.get("/", async (_request, reply) => reply.getHeaders());
  const made = await mould.inject("/");
  await mould.close();
  return made.json();
}

function policy(scripts: readonly string[], publicUrl: string): Record<string, string[]> {
  const socket = publicUrl.replace(/^http/, "ws");
  return {
    "default-src": ["'none'"],
    "script-src": ["'self'", ...scripts],
    "style-src": ["'self'"],
    // Charts and virtual lists place their parts by style attributes.
    "style-src-attr": ["'unsafe-inline'"],
    "img-src": ["'self'", "data:", "blob:"],
    "font-src": ["'self'"],
    "connect-src": ["'self'", socket],
    "manifest-src": ["'self'"],
    "worker-src": ["'self'", "blob:"],
    "frame-src": ["'self'", "blob:"],
    "object-src": ["'none'"],
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
  };
}

/** The hash of each script that stands in the page itself, as the policy names them. */
export function inlineScriptHashes(html: string): readonly string[] {
  return [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, script = ""]) => {
    return `'sha256-${createHash("sha256").update(script).digest("base64")}'`;
  });
}

/** The built page; empty before the first build, when Vite serves the app. */
function readShell(buildDir: string): string {
  try {
    return readFileSync(join(buildDir, "200.html"), "utf8");
  } catch {
    return "";
  }
}
