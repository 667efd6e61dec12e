/** What is answered when a request fails or nothing answers it: problem details, always. */
import { problem } from "#protocol/error.ts";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { toProblem } from "./problem.ts";
import { routesOf } from "./route.ts";

const problemJson = "application/problem+json; charset=utf-8";

export function registerFailures(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => {
    const { problem: said, headers } = toProblem(error);
    if (said.status >= 500) {
      const { url: route } = request.routeOptions;
      const facts = { err: error, reqId: request.id, method: request.method, route };
      request.log.error(facts, "a request failed");
    }
    return reply
      .code(said.status)
      .headers(headers)
      .type(problemJson)
      .send({ ...said, requestId: request.id });
  });
}

/** The answer where no route fits: the methods that would, or that there is nothing. */
export function answerNothing(
  app: FastifyInstance,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const [path = ""] = request.url.split("?");
  const methods = methodsAt(app, path);
  const isOther = methods.length > 0;
  if (isOther) reply.header("allow", methods.join(", "));
  const facts = problem(isOther ? "method_not_allowed" : "not_found");
  return reply
    .code(facts.status)
    .type(problemJson)
    .send({ ...facts, requestId: request.id });
}

function methodsAt(app: FastifyInstance, path: string): readonly string[] {
  const taken = routesOf(app).filter(({ url }) => toPattern(url).test(path));
  return [...new Set(taken.map(({ method }) => method))].toSorted();
}

function toPattern(url: string): RegExp {
  const parts = url.split("/").map((part) => {
    return part.startsWith(":") ? "[^/]+" : part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  });
  return new RegExp(`^${parts.join("/")}$`);
}
