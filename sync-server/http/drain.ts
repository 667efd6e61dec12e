/**
 * What is left of a body when its request is answered, because it is too large, or nobody may send
 * it. A connection that is closed under a client that still sends takes the answer away with it:
 * the rest is read and thrown away, so that who sends all before reading is told why as well.
 */
import type { IncomingMessage } from "node:http";
import type { FastifyInstance } from "fastify";

export interface DrainLimits {
  /** More than this after the answer is cut off. */
  readonly mostBytes: number;
  /** Milliseconds after the answer; what comes later is cut off. */
  readonly mostMs: number;
}

const usual: DrainLimits = { mostBytes: 64 * 1024 * 1024, mostMs: 30_000 };

export function registerDrain(app: FastifyInstance, limits: DrainLimits = usual): void {
  app.addHook("onSend", ({ raw }, reply, _payload, done) => {
    if (!raw.complete && !raw.readableEnded && hasBody(raw)) {
      // The framework would close at once; once the rest has come, the connection is as good as new.
      if (reply.statusCode === 413) reply.removeHeader("connection");
      drain(raw, limits);
    }
    done();
  });
}

/** Whether a body comes with it: it says so before. */
export function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers["content-length"] ?? "0";
  return length !== "0" || headers["transfer-encoding"] !== undefined;
}

function drain(request: IncomingMessage, { mostBytes, mostMs }: DrainLimits): void {
  const cutOff = (): void => void request.socket.destroy();
  const timer = setTimeout(cutOff, mostMs).unref();
  let bytes = 0;
  request.on("data", (piece: Uint8Array | string) => {
    bytes += piece.length;
    if (bytes > mostBytes) cutOff();
  });
  request.once("close", () => clearTimeout(timer));
  request.resume();
}
