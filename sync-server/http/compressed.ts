/** JSON answers, compressed when that is worth it and the caller takes it. */
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { FastifyReply, FastifyRequest } from "fastify";

const gzipAsync = promisify(gzip);
const brotliAsync = promisify(brotliCompress);

/** Below this, headers and effort outweigh what is saved. */
const minBytes = 2_048;

/**
 * Of a first sync's page by column (640 kB), on a thread of its own: Brotli's 4 makes 25 kB in 3 ms
 * and its 5 makes 21 kB in 6; gzip's 1 makes 48 kB in 2 ms and its 6 makes 33 kB in 6.
 */
const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } };

/** Answers with the value as JSON. */
export async function sendJson(
  request: FastifyRequest,
  reply: FastifyReply,
  value: unknown,
): Promise<FastifyReply> {
  const text = JSON.stringify(value);
  reply.type("application/json; charset=utf-8").header("vary", "accept-encoding");
  const takes = request.headers["accept-encoding"]?.toString() ?? "";
  if (text.length < minBytes) return reply.send(text);
  // Browsers take Brotli where the line is encrypted, or leads nowhere else.
  if (/\bbr\b/.test(takes)) {
    return reply.header("content-encoding", "br").send(await brotliAsync(text, quality));
  }
  if (!/\bgzip\b/.test(takes)) return reply.send(text);
  return reply.header("content-encoding", "gzip").send(await gzipAsync(text));
}
