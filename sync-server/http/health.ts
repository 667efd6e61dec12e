/** Whether the server works (`/health`), and how hard (`/metrics`, for Prometheus). */
import type { FastifyInstance } from "fastify";
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import * as v from "valibot";
import type { Store } from "../store/store.ts";
import { route } from "./route.ts";

export interface HealthDeps {
  readonly store: Pick<Store, "admin">;
  /** How many devices listen now. */
  readonly listeners: () => number;
}

export function registerHealth(app: FastifyInstance, { store, listeners }: HealthDeps): void {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: "fieldcast_" });
  measureRequests(app, registry);
  const devices: Gauge = new Gauge({
    name: "fieldcast_live_devices",
    help: "Devices that listen to the live stream",
    registers: [registry],
    collect: () => devices.set(listeners()),
  });
  for (const url of ["/health", "/api/v1/health"]) {
    route(app, {
      method: "GET",
      url,
      summary: "Whether the server and its database answer",
      permission: "anyone",
      answers: { 200: v.object({ status: v.literal("ok") }) },
      handle: async ({ reply }) => {
        await store.admin.ping({});
        reply.header("cache-control", "no-store");
        return { status: "ok" };
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
  app.addHook("onResponse", async (request, reply) => {
    const { method } = request;
    const where = request.routeOptions.url ?? "none";
    requests.inc({ method, route: where, status: reply.statusCode });
    durations.observe({ method, route: where }, reply.elapsedTime / 1_000);
    const ms = Math.round(reply.elapsedTime);
    request.log.debug({ method, route: where, status: reply.statusCode, ms }, "answered");
  });
}
