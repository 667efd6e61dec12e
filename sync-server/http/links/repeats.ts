/** One tap may ask twice: a browser that asks again at once did not follow the link again. */
import { secondMs } from "#domain/core/time.ts";
import type { FastifyRequest } from "fastify";

export interface Repeats {
  /** Whether the same was asked by the same program a moment ago. Nothing of it is kept longer. */
  isRepeat(token: string, request: Pick<FastifyRequest, "ip" | "headers">): boolean;
}

const withinMs = secondMs;
const mostKept = 10_000;

export function createRepeats(clock: () => number): Repeats {
  const lastAt = new Map<string, number>();
  return {
    isRepeat: (token, { ip, headers }) => {
      const key = `${token} ${ip} ${headers["user-agent"] ?? ""}`;
      const now = clock();
      const last = lastAt.get(key);
      const isRepeat = last !== undefined && Math.abs(now - last) < withinMs;
      if (isRepeat) return true;
      lastAt.delete(key);
      lastAt.set(key, now);
      for (const [oldest, at] of lastAt) {
        if (lastAt.size <= mostKept && Math.abs(now - at) < withinMs) break;
        lastAt.delete(oldest);
      }
      return false;
    },
  };
}
