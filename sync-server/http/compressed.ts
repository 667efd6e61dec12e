/** JSON answers, compressed when that is worth it and the caller takes it. */
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { FastifyReply, FastifyRequest } from "fastify";

const gzipAsync = promisify(gzip);

/** Below this, headers and effort outweigh what is saved. */
const minBytes = 2_048;

/** Answers with the value as JSON. Level 1: higher levels cost twenty times the time for a tenth less. */
export async function sendJson(
  request: FastifyRequest,
  reply: FastifyReply,
  value: unknown,
): Promise<FastifyReply> {
  const text = JSON.stringify(value);
  reply.type("application/json; charset=utf-8").header("vary", "accept-encoding");
  const takesGzip = /\bgzip\b/.test(request.headers["accept-encoding"]?.toString() ?? "");
  if (!takesGzip || text.length < minBytes) return reply.send(text);
  const packed = await gzipAsync(text, { level: 1 });
  return reply.header("content-encoding", "gzip").send(packed);
}
