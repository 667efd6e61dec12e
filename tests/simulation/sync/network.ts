// The way between a device and the server: it loses, repeats, delays, reorders, cuts answers
// short, and ends where the server dies.
import { err, ok, type Result } from "#domain/core/result.ts";
import type { TransportFailure } from "#lib/sync/core.ts";
import type { Transport } from "#lib/sync/transport.ts";
import type { PullReply } from "#protocol/down.ts";
import type { PullRequest } from "#protocol/up.ts";
import { standsAfter } from "#server/http/pull-pages.ts";
import { StoreError } from "#server/store/store.ts";
import type { Random } from "../random.ts";
import type { Lifeline } from "./lifeline.ts";
import { TurnedAway } from "./gate.ts";
import { Died, type SimServer } from "./server.ts";

export interface Network {
  /** False: everything arrives, once, at once. */
  isFaulty: boolean;
  /** How probable it is that an answer stands still on its way, for as long as its tab sleeps. */
  sleepiness: number;
  /** Requests that are still on their way although their device has given up. */
  readonly late: (() => Promise<unknown>)[];
}

export interface Way {
  readonly network: Network;
  readonly random: Random;
  readonly server: SimServer;
  readonly life: Lifeline;
  readonly actor: Parameters<SimServer["push"]>[0];
  readonly isAway: () => boolean;
  /** The tab stands still until `release` is called. */
  readonly onHold: (release: () => void) => void;
  /** The tab was told that its device is revoked. */
  readonly onRevoked: () => void;
}

const unreachable: TransportFailure = { kind: "unreachable", retryAfterMs: null };
const timeout: TransportFailure = { kind: "timeout", retryAfterMs: null };
const signedOut: TransportFailure = { kind: "signed-out", retryAfterMs: null };
const turnedAway = {
  fork: { kind: "fork", retryAfterMs: null },
  revoked: { kind: "revoked", retryAfterMs: null },
} as const satisfies Record<TurnedAway["why"], TransportFailure>;
const serverError: TransportFailure = { kind: "server-error", retryAfterMs: null };

/** A server makes so many calls of its storage for one push, or a few more. */
const callsOfOnePush = 30;

export function createTransport(way: Way): Transport {
  const { server, actor, life } = way;
  return {
    push: (request) => life.step(() => heard(way, () => server.push(actor, request))),
    pull: (request, onPage) => life.step(() => pages(way, request, onPage)),
  };
}

/** An answer to a pull is of one page, or goes on with the next one: each may be the last that comes. */
async function pages(
  way: Way,
  request: PullRequest,
  onPage: (page: PullReply) => Promise<unknown>,
): Promise<Result<PullReply, TransportFailure>> {
  const { server, actor } = way;
  // Of this process or of none: one that came after it knows nothing of the answer.
  let { process } = server;
  const answer = await heard(way, () => {
    ({ process } = server);
    return server.pull(actor.user, request);
  });
  const more = (asked: PullRequest) => server.more(actor.user, asked, process);
  return answer.ok ? rest(way, { request, page: answer.value, more }, onPage) : answer;
}

interface LongAnswer {
  readonly request: PullRequest;
  readonly page: PullReply;
  readonly more: (request: PullRequest) => Promise<PullReply>;
}

/** Its status has come with its first page: whatever befalls it later, its device sees it break off. */
async function rest(
  way: Way,
  { request, page, more }: LongAnswer,
  onPage: (page: PullReply) => Promise<unknown>,
): Promise<Result<PullReply, TransportFailure>> {
  const next = standsAfter({ ...request, workspace: "", user: way.actor.user }, page);
  if (next === null || way.random.chance(0.4)) return ok(page);
  await onPage(page);
  const asked = { ...request, epoch: next.epoch, feeds: next.feeds };
  const answer = await travel(way, () => more(asked));
  if (!answer.ok) return err(unreachable);
  return rest(way, { request: asked, page: answer.value, more }, onPage);
}

async function heard<T>(way: Way, ask: () => Promise<T>): Promise<Result<T, TransportFailure>> {
  const answer = await travel(way, ask);
  if (!answer.ok && answer.error.kind === "revoked") way.onRevoked();
  return answer;
}

async function travel<T>(way: Way, ask: () => Promise<T>): Promise<Result<T, TransportFailure>> {
  const { network, random, server } = way;
  if (way.isAway()) return err(unreachable);
  if (server.left.has(way.actor.user)) return err(signedOut);
  if (!network.isFaulty) return orderly(way, ask);
  // A tab that the browser froze before it could ask; another one goes on meanwhile.
  if (random.chance(0.06)) await hold(way);
  const fate = random.next();
  if (fate < 0.08) return err(unreachable);
  if (fate < 0.14) {
    network.late.push(ask);
    return err(timeout);
  }
  if (fate < 0.18) server.failNext(random.pick(["before", "after"]));
  else if (fate < 0.23) server.dieAfter(random.below(callsOfOnePush));
  else if (fate < 0.3) await answered(ask);
  return back(way, await answered(ask));
}

/** Nothing is lost on the way; only the server may die, and tabs that always sleep hear late. */
async function orderly<T>(way: Way, ask: () => Promise<T>): Promise<Result<T, TransportFailure>> {
  const { server, network } = way;
  const answer = await answered(ask);
  if (network.sleepiness === 1) await hold(way);
  if (!server.isDead) return answer;
  await server.restart();
  return err(unreachable);
}

/** The way of an answer. */
async function back<T>(
  way: Way,
  answer: Result<T, TransportFailure>,
): Promise<Result<T, TransportFailure>> {
  const { random, server, network } = way;
  const isLost = server.isDead;
  await server.restart();
  if (isLost || random.chance(0.04)) return err(unreachable);
  // Half an answer is no answer.
  if (random.chance(0.04)) return err(random.pick([timeout, serverError]));
  if (random.chance(network.sleepiness)) await hold(way);
  return answer;
}

function hold({ onHold }: Way): Promise<void> {
  return new Promise((resolve) => onHold(resolve));
}

async function answered<T>(ask: () => Promise<T>): Promise<Result<T, TransportFailure>> {
  try {
    return ok(await ask());
  } catch (error) {
    if (error instanceof StoreError) return err(serverError);
    if (error instanceof Died) return err(unreachable);
    if (error instanceof TurnedAway) return err(turnedAway[error.why]);
    throw error;
  }
}
