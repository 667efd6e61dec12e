// The process: creates everything, listens, and stops gracefully.
import { resolve } from "node:path";
import fastify from "fastify";
import { registerStatic } from "./http/static.ts";

const host = process.env["HOST"] ?? "127.0.0.1";
const port = Number(process.env["PORT"] ?? 3000);

const app = fastify({ forceCloseConnections: true });
app.get("/health", () => ({ status: "ok" }));
await registerStatic(app, { root: resolve(import.meta.dirname, "../build") });

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => void app.close());
}

await app.listen({ host, port });
console.log(`Fieldcast is ready on http://localhost:${port}`);
