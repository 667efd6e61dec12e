/** Whether the server works (`/health`), and how hard (`/metrics`, for Prometheus). */
import type { FastifyInstance } from "fastify";
import { collectDefaultMetrics, Counter, Histogram, Registry } from "prom-client";
import * as v from "valibot";
import { healthWarnings } from "./health-warnings.ts";
import { route } from "./route.ts";
import { measureWork, type HealthDeps } from "./work-metrics.ts";

const healthAnswer = v.object({
  status: v.literal("ok"),
  /** Left out when there is none. */
  warnings: v.optional(v.array(v.picklist(healthWarnings))),
});

export function registerHealth(app: FastifyInstance, deps: HealthDeps): void {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: "fieldcast_" });
  measureRequests(app, registry);
  const work = measureWork(registry, deps);
  for (const url of ["/health", "/api/v1/health"]) {
    route(app, {
      method: "GET",
      url,
      summary: "Whether the server and its database answer, and what an operator should look at",
      permission: "anyone",
      answers: { 200: healthAnswer },
      handle: async ({ reply }) => {
        await deps.store.admin.ping({});
        const { warnings } = await deps.health();
        reply.header("cache-control", "no-store");
        return warnings.length === 0 ? { status: "ok" } : { status: "ok", warnings };
      },
    });
  }
  route(app, {
    method: "GET",
    url: "/metrics",
    summary: "Measurements for Prometheus",
    permission: "anyone",
    answers: { 200: "text" },
    handle: async ({ reply }) => {
      reply.type(registry.contentType).header("cache-control", "no-store");
      await work.look();
      return registry.metrics();
    },
  });
}

/** Routes are counted by their pattern: ids would make a series of each. */
function measureRequests(app: FastifyInstance, registry: Registry): void {
  const registers = [registry];
  const requests = new Counter({
    name: "fieldcast_http_requests_total",
    help: "Requests answered, by route and status",
    labelNames: ["method", "route", "status"],
    registers,
  });
  const durations = new Histogram({
    name: "fieldcast_http_request_seconds",
    help: "How long requests took",
    labelNames: ["method", "route"],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
    registers,
  });
  app.addHook("onResponse", (request, reply, done) => {
    const { method } = request;
    const where = request.routeOptions.url ?? "none";
    requests.inc({ method, route: where, status: reply.statusCode });
    durations.observe({ method, route: where }, reply.elapsedTime / 1_000);
    const ms = Math.round(reply.elapsedTime);
    const facts = { reqId: request.id, method, route: where, status: reply.statusCode, ms };
    request.log.debug(facts, "answered");
    done();
  });
}
