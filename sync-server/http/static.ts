// Serves the built app: hashed files for a year, everything else checked on each visit, and the
// shell page for every address that belongs to the app's own router.
import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";
import { answerNothing } from "./failures.ts";

const shell = "200.html";
/** Addresses that are never a page: an unknown one is a 404, not the app. `/sync` itself is a page. */
const reserved = /^\/(?:sync\/|(?:api|_app|health|docs|metrics|r|auth)(?:[/?]|$))/;

export async function registerStatic(
  app: FastifyInstance,
  { root }: { readonly root: string },
): Promise<void> {
  await app.register(fastifyStatic, {
    root,
    index: shell,
    preCompressed: true,
    cacheControl: false,
    setHeaders(reply, path) {
      const isHashed = path.startsWith(`${root}/_app/immutable/`);
      reply.header("cache-control", isHashed ? "public, max-age=31536000, immutable" : "no-cache");
    },
  });

  app.setNotFoundHandler((request, reply) => {
    const isRead = request.method === "GET" || request.method === "HEAD";
    if (isRead && !reserved.test(request.url)) return reply.sendFile(shell);
    return answerNothing(app, request, reply);
  });
}
