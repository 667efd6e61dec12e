// The way between a device and the server: it loses, repeats, delays and reorders.
import { err, ok, type Result } from "#domain/core/result.ts";
import type { Transport, TransportFailure } from "#lib/sync/core.ts";
import { StoreError } from "#server/store/store.ts";
import type { Random } from "../random.ts";
import type { SimServer } from "./server.ts";

export interface Network {
  /** False: everything arrives, once, at once. */
  isFaulty: boolean;
  /** Requests that are still on their way although their device has given up. */
  readonly late: (() => Promise<unknown>)[];
}

export interface Way {
  readonly network: Network;
  readonly random: Random;
  readonly server: SimServer;
  readonly actor: Parameters<SimServer["push"]>[0];
  /** The answer is held back until `release` is called. */
  readonly onHold: (release: () => void) => void;
}

const unreachable: TransportFailure = { kind: "unreachable", retryAfterMs: null };
const timeout: TransportFailure = { kind: "timeout", retryAfterMs: null };
const serverError: TransportFailure = { kind: "server-error", retryAfterMs: null };

export function createTransport(way: Way): Transport {
  const { server, actor } = way;
  return {
    push: (request) => travel(way, () => server.push(actor, request)),
    pull: (request) => travel(way, () => server.pull(request)),
  };
}

async function travel<T>(way: Way, ask: () => Promise<T>): Promise<Result<T, TransportFailure>> {
  const { network, random, server } = way;
  if (!network.isFaulty) return answered(ask);
  const fate = random.next();
  if (fate < 0.08) return err(unreachable);
  if (fate < 0.14) {
    network.late.push(ask);
    return err(timeout);
  }
  if (fate < 0.22) server.crashNext(random.pick(["before", "after"]));
  if (fate < 0.3) await answered(ask);
  const answer = await answered(ask);
  server.heal();
  if (random.chance(0.08)) return err(timeout);
  if (random.chance(0.25)) await new Promise<void>((resolve) => way.onHold(resolve));
  return answer;
}

async function answered<T>(ask: () => Promise<T>): Promise<Result<T, TransportFailure>> {
  try {
    return ok(await ask());
  } catch (error) {
    if (error instanceof StoreError) return err(serverError);
    throw error;
  }
}
