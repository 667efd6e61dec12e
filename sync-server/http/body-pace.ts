/**
 * Bodies that never end. A body is read before anything is done with it, so a client that sends a
 * byte now and then would keep its connection, and what has come of the body, for as long as it
 * likes. Who sends less than a bad connection lets through is cut off; how long a body is does not
 * matter, as files of any size may come over slow networks.
 */
import type { IncomingMessage } from "node:http";
import { minuteMs } from "#domain/core/time.ts";
import type { FastifyInstance } from "fastify";
import { hasBody } from "./drain.ts";

export interface BodyPace {
  /** Between two looks. */
  readonly lookEveryMs: number;
  /** What must come between two looks while a body is not complete. */
  readonly leastBytes: number;
}

const usual: BodyPace = { lookEveryMs: minuteMs, leastBytes: 1_024 };

export function registerBodyPace(app: FastifyInstance, pace: BodyPace = usual): void {
  /** By request: what had come over its connection when it was looked at; null: not yet looked at. */
  const coming = new Map<IncomingMessage, number | null>();
  app.addHook("onRequest", ({ raw }, _reply, done) => {
    if (hasBody(raw)) coming.set(raw, null);
    done();
  });
  app.addHook("onResponse", ({ raw }, _reply, done) => {
    coming.delete(raw);
    done();
  });
  const looks = setInterval(() => {
    for (const [request, before] of coming) {
      const { bytesRead } = request.socket;
      if (request.complete) coming.delete(request);
      else if (before === null || bytesRead - before >= pace.leastBytes) {
        coming.set(request, bytesRead);
      } else request.socket.destroy();
    }
  }, pace.lookEveryMs);
  looks.unref();
  app.addHook("onClose", async () => clearInterval(looks));
}
