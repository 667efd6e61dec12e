/** JSON answers, compressed when that is worth it and the caller takes it. */
import { Readable } from "node:stream";
import { promisify } from "node:util";
import { brotliCompress, constants, createBrotliCompress, createGzip, gzip } from "node:zlib";
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

/**
 * An answer that lies ready. Not the reply itself: who waits for that waits until it has arrived,
 * and a line may take nothing for hours.
 */
export type ReadyAnswer = (reply: FastifyReply) => FastifyReply;

/** The value as JSON. */
export async function readyJson(request: FastifyRequest, value: unknown): Promise<ReadyAnswer> {
  const text = JSON.stringify(value);
  const takes = request.headers["accept-encoding"]?.toString() ?? "";
  if (text.length < minBytes) return ready(text);
  // Browsers take Brotli where the line is encrypted, or leads nowhere else.
  if (/\bbr\b/.test(takes)) return ready(await brotliAsync(text, quality), "br");
  if (/\bgzip\b/.test(takes)) return ready(await gzipAsync(text), "gzip");
  return ready(text);
}

function ready(body: string | Buffer, encoding?: "br" | "gzip"): ReadyAnswer {
  return (reply) => {
    reply.type("application/json; charset=utf-8").header("vary", "accept-encoding");
    if (encoding !== undefined) reply.header("content-encoding", encoding);
    return reply.send(body);
  };
}

/** What a caller says that takes an answer of several lines. */
export const linesType = "application/x-ndjson";

interface Lines {
  readonly lines: AsyncIterable<string>;
  /** Told, or broken off: nothing is kept for it any more. */
  readonly onEnd: () => void;
}

/** Lines as they are made; each can be read when it has come. */
export function readyLines(request: FastifyRequest, lines: Lines): ReadyAnswer {
  return (reply) => sendLines(request, reply, lines);
}

function sendLines(
  request: FastifyRequest,
  reply: FastifyReply,
  { lines, onEnd }: Lines,
): FastifyReply {
  reply.type(`${linesType}; charset=utf-8`).header("vary", "accept, accept-encoding");
  const takes = request.headers["accept-encoding"]?.toString() ?? "";
  const encoding = /\bbr\b/.test(takes) ? "br" : /\bgzip\b/.test(takes) ? "gzip" : null;
  const source = Readable.from(lines, { objectMode: true, highWaterMark: 1 });
  source.once("close", onEnd);
  if (encoding === null) return reply.send(source);
  const packer =
    encoding === "br"
      ? createBrotliCompress({ ...quality, flush: constants.BROTLI_OPERATION_FLUSH })
      : createGzip({ flush: constants.Z_SYNC_FLUSH });
  source.once("error", (error) => packer.destroy(error));
  packer.once("close", () => source.destroy());
  return reply.header("content-encoding", encoding).send(source.pipe(packer));
}
