/** Asking the server who is signed in, and signing in and out. */
import { ok, type Result } from "#domain/core/result.ts";
import { sessionAnswer, type SessionAnswer } from "#protocol/rest/access.ts";
import * as v from "valibot";
import type { SignedIn } from "../db/registry.ts";
import { failure, type Api, type Failure } from "./api.ts";

/** `null`: the server is not set up yet. */
export type Whoever = SignedIn | null;

export async function askSession(api: Api): Promise<Result<Whoever, Failure>> {
  return whoeverOf(await api.request(sessionAnswer, "GET", "/api/v1/session"));
}

export interface SetUpInput {
  readonly workspace: string;
  readonly name: string;
  readonly email: string;
  readonly password: string;
  /** Start with a workspace full of examples. */
  readonly demo: boolean;
}

/** Filling a demo workspace takes its time. */
const setUpTimeoutMs = 120_000;

export async function setUp(api: Api, input: SetUpInput): Promise<Result<Whoever, Failure>> {
  const options = { timeoutMs: setUpTimeoutMs };
  return whoeverOf(await api.request(sessionAnswer, "POST", "/api/v1/set-up", input, options));
}

export interface SignInInput {
  readonly email: string;
  readonly password: string;
}

export async function signIn(api: Api, input: SignInInput): Promise<Result<Whoever, Failure>> {
  return whoeverOf(await api.request(sessionAnswer, "POST", "/api/auth/sign-in/email", input));
}

export async function signOut(api: Api): Promise<Result<null, Failure>> {
  const answer = await api.request(v.unknown(), "POST", "/api/auth/sign-out", {});
  return answer.ok ? ok(null) : answer;
}

function whoeverOf(answer: Result<SessionAnswer, Failure>): Result<Whoever, Failure> {
  if (!answer.ok) return answer;
  const { setUp: isSetUp, user, workspace, role, access } = answer.value;
  if (!isSetUp) return ok(null);
  if (user === null || workspace === null || role === null || access === null) {
    return { ok: false, error: failure("server-error") };
  }
  const { id, name } = workspace;
  return ok({ user, workspace: { id, name }, role, access });
}
