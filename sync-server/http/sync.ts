/** `/sync/push` and `/sync/pull`: what devices say, and what they are told. Rules: protocol/SPEC.md. */
import type { Id } from "#domain/core/id.ts";
import { pullReply, pushReply, type PushReply } from "#protocol/down.ts";
import { maxPushBytes, pullRequest, pushRequest, type PushRequest } from "#protocol/up.ts";
import { protocolVersion, schemaVersion } from "#protocol/version.ts";
import type { FastifyInstance } from "fastify";
import type { Commands } from "../commands/apply.ts";
import { applyPush } from "../commands/push.ts";
import { createAllowance, type Allowance } from "../live/allowance.ts";
import type { Puller } from "../live/pull.ts";
import { sendJson } from "./compressed.ts";
import { HttpProblem } from "./problem.ts";
import { route, type Caller } from "./route.ts";

export interface SyncDeps {
  readonly commands: Commands;
  readonly puller: Puller;
  readonly clock: () => number;
}

/** One long e-mail with what it was before may be larger than a usual push; it must pass alone. */
const maxBodyBytes = 4 * 1024 * 1024;

export function registerSync(app: FastifyInstance, deps: SyncDeps): void {
  const pushes = createAllowance({ perMinute: 60, clock: deps.clock });
  const pulls = createAllowance({ perMinute: 120, clock: deps.clock });
  route(app, {
    method: "POST",
    url: "/sync/push",
    summary: "Commands from a device's outbox, answered with their verdicts",
    permission: "signed-in",
    body: pushRequest,
    bodyLimit: maxBodyBytes,
    answers: { 200: pushReply },
    handle: async ({ caller, body, raw, reply }) => {
      spend(pushes, caller, body.client);
      checkVersion(body, "push");
      if (body.commands.length > 1 && Number(raw.headers["content-length"] ?? 0) > maxPushBytes) {
        throw new HttpProblem("too_large");
      }
      reply.header("cache-control", "no-store");
      return push(deps, caller, body);
    },
  });
  route(app, {
    method: "POST",
    url: "/sync/pull",
    summary: "The rows since where a device stands",
    permission: "signed-in",
    body: pullRequest,
    answers: { 200: pullReply },
    handle: async ({ caller, body, raw, reply }) => {
      spend(pulls, caller, body.client);
      checkVersion(body, "pull");
      reply.header("cache-control", "no-store");
      const { workspace, user } = caller;
      const answer = await deps.puller.pull({ ...body, workspace, user });
      return sendJson(raw, reply, answer);
    },
  });
}

/**
 * A device older than the server may still say what it has to say; to hear, it must update. A
 * device newer than the server waits: the update of the server is on its way.
 */
export function checkVersion(
  { v, schema }: { readonly v: number; readonly schema: number },
  direction: "push" | "pull",
): void {
  if (v > protocolVersion || schema > schemaVersion) {
    const words = "This app is newer than the server. Update the server, or wait until it is.";
    throw new HttpProblem("unavailable", words, undefined, { "retry-after": "60" });
  }
  if (v < protocolVersion || (direction === "pull" && schema < schemaVersion)) {
    throw new HttpProblem("upgrade_required");
  }
}

function spend(allowance: Allowance, { workspace, user }: Caller, client: Id): void {
  const waitMs = allowance.take(`${workspace}:${user}:${client}`);
  if (waitMs === 0) return;
  const seconds = String(Math.ceil(waitMs / 1_000));
  throw new HttpProblem("too_many_requests", undefined, undefined, { "retry-after": seconds });
}

async function push(deps: SyncDeps, caller: Caller, request: PushRequest): Promise<PushReply> {
  const { workspace, user, role, access } = caller;
  const done = await applyPush(deps.commands, { workspace, user, role, access }, request);
  return { ...done, time: deps.clock(), epoch: await deps.puller.epoch() };
}
