/** `/sync/push` and `/sync/pull`: what devices say, and what they are told. Rules: protocol/SPEC.md. */
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import { commandVersions } from "#protocol/command.ts";
import {
  announcement,
  packed,
  pullReply,
  pushReply,
  type PullReply,
  type PushReply,
} from "#protocol/down.ts";
import { headerFor, replyFor } from "#protocol/old-answer.ts";
import {
  maxPushBytes,
  pullRequest,
  pushRequest,
  type PullRequest,
  type PushRequest,
} from "#protocol/up.ts";
import {
  isNewer,
  oldestProtocol,
  protocolHeader,
  protocolVersion,
  schemaVersion,
  toleratesOthersSince,
} from "#protocol/version.ts";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import * as v from "valibot";
import type { Devices, Sender } from "../access/devices.ts";
import type { Commands } from "../commands/apply.ts";
import { applyPush } from "../commands/push.ts";
import { createAllowance, type Allowance } from "../live/allowance.ts";
import { fewAtOnce } from "../live/few-at-once.ts";
import type { Puller, Where } from "../live/pull.ts";
import { linesType, readyJson, readyLines, type ReadyAnswer } from "./compressed.ts";
import { HttpProblem } from "./problem.ts";
import { lineBytes, linesOf, standsAfter } from "./pull-pages.ts";
import { route, type Caller } from "./route.ts";

export interface SyncDeps {
  readonly commands: Commands;
  readonly puller: Puller;
  readonly devices: Pick<Devices, "meet" | "endOf">;
  readonly clock: () => number;
}

/** One long e-mail with what it was before may be larger than a usual push; it must pass alone. */
const maxBodyBytes = 4 * 1024 * 1024;
/** Read, written as text and packed; one is read while others are packed. */
const pullsAtOnce = 8;
/** Answers of many pages, each with a packer of its own; who comes then gets one page at a time. */
const longAtOnce = 32;

export function registerSync(app: FastifyInstance, deps: SyncDeps): void {
  const pushes = createAllowance({ perMinute: 60, clock: deps.clock });
  const pulls = createAllowance({ perMinute: 120, clock: deps.clock });
  const drains = createAllowance({ perMinute: 1, clock: deps.clock });
  const answer = createAnswer(deps);
  route(app, {
    method: "GET",
    url: "/sync/version",
    summary: "What this server understands, for a device that is newer",
    permission: "signed-in",
    answers: { 200: announcement },
    handle: async ({ reply }) => {
      reply.header("cache-control", "no-store");
      return { protocol: protocolVersion, schema: schemaVersion, commands: commandVersions };
    },
  });
  route(app, {
    method: "POST",
    url: "/sync/push",
    summary: "Commands from a device's outbox, answered with their verdicts",
    permission: "signed-in",
    body: pushRequest,
    bodyLimit: maxBodyBytes,
    answers: { 200: pushReply },
    first: ({ body, reply }) => checkVersion(body, reply),
    handle: async ({ caller, body, raw, reply }) => {
      spend(pushes, caller, body.client);
      if (body.commands.length > 1 && Number(raw.headers["content-length"] ?? 0) > maxPushBytes) {
        throw new HttpProblem("too_large");
      }
      reply.header("cache-control", "no-store");
      await admitted(deps, caller, body, raw);
      return replyFor(body.v, await push(deps, caller, body));
    },
  });
  route(app, {
    method: "POST",
    url: "/sync/pull",
    summary: "The rows since where a device stands",
    permission: "signed-in",
    body: pullRequest,
    answers: { 200: pullReply },
    first: ({ body, reply }) => checkVersion(body, reply),
    handle: async ({ caller, body, raw, reply }) => {
      spend(pulls, caller, body.client);
      reply.header("cache-control", "no-store");
      const lease = await admitted(deps, caller, body, raw);
      if (body.v < protocolVersion || body.schema < schemaVersion) {
        return drain(deps, body, drains.take(who(caller, body.client)) === 0);
      }
      const { workspace, user } = caller;
      const where = { ...body, workspace, user };
      return answer({ raw, reply, lease, where, client: body.client });
    },
  });
}

interface AnswerTo {
  readonly raw: FastifyRequest;
  readonly reply: FastifyReply;
  readonly lease: Instant;
  readonly where: Where;
  readonly client: Id;
}

/** Pages, a few at once: of one each, or many in one answer for who takes that. */
function createAnswer({ puller, devices }: SyncDeps) {
  const inTurn = fewAtOnce(pullsAtOnce);
  const pull: Puller["pull"] = (where) => inTurn(() => puller.pull(where));
  let long = 0;
  return async ({ raw, reply, lease, where, client }: AnswerTo): Promise<FastifyReply> => {
    const takesLines = (raw.headers.accept ?? "").includes(linesType);
    const asked = takesLines ? { ...where, maxBytes: lineBytes } : where;
    const mayGoOn = async () => (await devices.endOf(client)) === null;
    const send = await inTurn(async (): Promise<ReadyAnswer> => {
      // It asked again, or went away, while others were answered.
      if (reply.raw.destroyed) return (to) => to.hijack();
      const first = await puller.pull(asked);
      if (!takesLines || long >= longAtOnce || standsAfter(asked, first) === null) {
        return readyJson(raw, { ...packed(first), lease });
      }
      long += 1;
      const lines = linesOf({ pull, where: asked, first, lease, mayGoOn });
      return readyLines(raw, { lines, onEnd: () => (long -= 1) });
    });
    return send(reply);
  };
}

const versions = v.object({ v: v.number(), schema: v.number() });

/** The device's lease, renewed; a copied or revoked device gets no further. */
async function admitted(
  { devices }: SyncDeps,
  caller: Caller,
  sender: Sender,
  { headers }: FastifyRequest,
): Promise<Instant> {
  const met = await devices.meet(caller, sender, headers["user-agent"] ?? "");
  if (met.outcome === "fork") throw new HttpProblem("fork");
  if (met.outcome === "revoked") throw new HttpProblem("revoked", met.why);
  return met.leaseUntil;
}

/**
 * Before the body is read any further, as another version's may look different. A device newer
 * than the server waits: the update of the server is on its way. What is older may push.
 */
function checkVersion(body: unknown, reply: FastifyReply): void {
  const said = v.safeParse(versions, body);
  if (!said.success) return;
  if (isNewer(said.output)) {
    const words = "This app is newer than the server. Update the server, or wait until it is.";
    throw new HttpProblem("unavailable", words, undefined, { "retry-after": "60" });
  }
  if (said.output.v < oldestProtocol) throw new HttpProblem("upgrade_required");
  reply.header(protocolHeader, headerFor(said.output.v, protocolVersion));
}

/**
 * To hear, an older device must update. The oldest ones pull before they push and stop at a
 * refusal, so that their work would never leave them: once in a while they are told that there is
 * nothing new, and go on to push.
 */
async function drain(deps: SyncDeps, body: PullRequest, isItsTurn: boolean): Promise<PullReply> {
  const epoch = await deps.puller.epoch();
  const isOurs = body.epoch === null || body.epoch === epoch;
  if (body.v >= toleratesOthersSince || !isItsTurn || !isOurs) {
    throw new HttpProblem("upgrade_required");
  }
  return { t: "page", epoch, ch: body.ch, feeds: {}, time: deps.clock() };
}

function who({ workspace, user }: Caller, client: Id): string {
  return `${workspace}:${user}:${client}`;
}

function spend(allowance: Allowance, caller: Caller, client: Id): void {
  const waitMs = allowance.take(who(caller, client));
  if (waitMs === 0) return;
  const seconds = String(Math.ceil(waitMs / 1_000));
  throw new HttpProblem("too_many_requests", undefined, undefined, { "retry-after": seconds });
}

async function push(deps: SyncDeps, caller: Caller, request: PushRequest): Promise<PushReply> {
  const { workspace, user, role, access } = caller;
  const done = await applyPush(deps.commands, { workspace, user, role, access }, request);
  return { ...done, time: deps.clock(), epoch: await deps.puller.epoch() };
}
