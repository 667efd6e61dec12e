// A device of a person without a page: the app's own database, core and HTTP, against the app in
// this process; it can be without a network.
import "fake-indexeddb/auto";
import { randomUUIDv7 } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { defaultAccessSettings } from "#domain/access/permission.ts";
import { ClientDb } from "#lib/db/client-db.ts";
import type { OutboxContext } from "#lib/db/outbox.ts";
import { createApi } from "#lib/sync/api.ts";
import { createSyncCore, type SyncCore } from "#lib/sync/core.ts";
import { createHttpTransport } from "#lib/sync/transport.ts";
import { publicUrl } from "./test-app.ts";

export interface CarryingDevice {
  readonly db: ClientDb;
  readonly core: SyncCore;
  readonly context: OutboxContext;
  /** Says what waits and hears what is new, until both are done. */
  exchange(): Promise<void>;
}

export interface DeviceSetting {
  readonly app: FastifyInstance;
  readonly cookie: string;
  readonly user: string;
  readonly now: () => number;
}

const newId = (): string => randomUUIDv7();

export function openCarryingDevice({ app, cookie, user, now }: DeviceSetting): CarryingDevice {
  const db = new ClientDb(`carrying-${newId()}`);
  const fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const answer = await app.inject({
      method: init?.method === "POST" ? "POST" : "GET",
      url: new Request(new URL(input instanceof Request ? input.url : input, publicUrl)).url,
      headers: { "content-type": "application/json", cookie, origin: publicUrl },
      ...(typeof init?.body === "string" ? { payload: init.body } : {}),
    });
    const headers = Object.entries(answer.headers).map(([name, value]) => [name, String(value)]);
    return new Response(answer.rawPayload.length === 0 ? null : answer.body, {
      status: answer.statusCode,
      headers: Object.fromEntries(headers),
    });
  };
  const actor = { user, role: "admin", access: defaultAccessSettings } as const;
  const core = createSyncCore({
    db,
    transport: createHttpTransport(createApi({ fetch, base: "", newId })),
    clock: { wall: now, monotonic: () => performance.now() },
    newId,
    actor: () => actor,
  });
  return {
    db,
    core,
    context: { actor, now: now(), newId },
    async exchange() {
      for (const step of [() => core.pushOnce(), () => core.pullOnce()]) {
        for (let tries = 0; tries < 20; tries++) {
          const done = await step();
          if (done.outcome === "failed") throw new Error(`failed: ${done.failure.kind}`);
          if (done.outcome === "idle") break;
        }
      }
    },
  };
}
