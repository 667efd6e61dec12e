/**
 * A POST that is repeated under the same Idempotency-Key is answered as the first time and does
 * nothing. Only good answers are kept: after an error nothing has happened, so trying again is right.
 * That a request was begun is kept before it acts: when the server stops between the act and its
 * answer, a repeat is told that nobody knows, instead of acting again.
 */
import { createHash } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { AccessStore } from "../store/access-store.ts";
import { HttpProblem } from "./problem.ts";

export type Answers = Pick<AccessStore, "answerOf" | "keepAnswer" | "dropAnswer">;

interface Repeatable {
  readonly caller: { readonly workspace: string; readonly user: string };
  readonly raw: FastifyRequest;
  readonly reply: FastifyReply;
  readonly keeps: boolean;
}

export type Replay = (request: Repeatable, work: () => Promise<unknown>) => Promise<unknown>;

const longestKey = 200;

export function createReplay({
  answers,
  clock,
}: {
  readonly answers: Answers;
  readonly clock: () => number;
}): Replay {
  /** The last request in work of each key: a repeat that overtakes it waits for it. */
  const working = new Map<string, Promise<unknown>>();

  return async (repeatable, work) => {
    const key = keyOf(repeatable.raw);
    if (key === null) return work();
    const { workspace, user } = repeatable.caller;
    const name = `${user}:${key}`;
    const place = `${workspace}:${name}`;
    const done = settled(working.get(place)).then(() => once(repeatable, name, work));
    working.set(place, done);
    try {
      return await done;
    } finally {
      if (working.get(place) === done) working.delete(place);
    }
  };

  async function once(
    { caller, raw, reply, keeps }: Repeatable,
    key: string,
    work: () => Promise<unknown>,
  ): Promise<unknown> {
    const { workspace } = caller;
    const request = fingerprint(raw);
    const known = await answers.answerOf({ workspace, key });
    if (known !== null) {
      if (known.request !== request) throw new HttpProblem("key_reused");
      if (known.status === begun) throw new HttpProblem("key_reused", unknownWords);
      if (known.body === secret) throw new HttpProblem("exists");
      return reply
        .code(known.status)
        .header("idempotency-replayed", "true")
        .type("application/json; charset=utf-8")
        .send(known.body);
    }
    const drop = (): Promise<void> => answers.dropAnswer({ workspace, key });
    const pending = { request, status: begun, body: secret };
    await answers.keepAnswer({ workspace, key, answer: pending, now: clock() });
    const answer = await workOr(drop, work);
    // A reply that was sent by hand resolves to nothing: there is no answer to keep.
    const isPlain = answer !== undefined && answer !== reply && !isStream(answer);
    if (isPlain && reply.statusCode < 300) {
      const body = keeps ? JSON.stringify(answer) : secret;
      const kept = { request, status: reply.statusCode, body };
      await answers.keepAnswer({ workspace, key, answer: kept, now: clock() });
    } else await drop();
    return answer;
  }
}

async function workOr(drop: () => Promise<void>, work: () => Promise<unknown>): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    // What it failed of is the answer, even when storage fails here too.
    await settled(drop());
    throw error;
  }
}

/** Kept as the status of a request that has no answer yet; no answer has it. */
const begun = 0;

const unknownWords =
  "A request with this Idempotency-Key was begun, and the server stopped before it answered: " +
  "its outcome is not known. Look whether it was done; then use a new key.";

/** Kept in place of an answer that must not be: no JSON text is empty. */
const secret = "";

function keyOf({ headers }: FastifyRequest): string | null {
  const key = headers["idempotency-key"];
  if (key === undefined) return null;
  if (typeof key !== "string" || key === "" || key.length > longestKey) {
    throw new HttpProblem(
      "invalid",
      `The Idempotency-Key header takes 1 to ${longestKey} characters.`,
      "Idempotency-Key",
    );
  }
  return key;
}

/** What the request was; a streamed body (a file) counts by its stated length. */
function fingerprint({ method, url, body, headers }: FastifyRequest): string {
  const what = isStream(body) ? headers["content-length"] : JSON.stringify(body);
  return createHash("sha256")
    .update(`${method} ${url}\n${what ?? ""}`)
    .digest("hex");
}

function isStream(value: unknown): boolean {
  return typeof value === "object" && value !== null && "pipe" in value;
}

async function settled(promise: Promise<unknown> | undefined): Promise<void> {
  try {
    await promise;
  } catch {
    // The first one's error is the first one's answer; this one gets its own.
  }
}
