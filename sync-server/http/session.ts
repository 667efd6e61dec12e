/** Set-up, sign-in and sign-out, and who is signed in. */
import { minuteMs, secondMs } from "#domain/core/time.ts";
import { passwordProblem } from "#domain/access/password.ts";
import {
  passwordChange,
  sessionAnswer,
  setUpRequest,
  signInRequest,
  type SessionAnswer,
  type SetUpRequest,
} from "#protocol/rest/access.ts";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { createAttempts } from "../access/attempts.ts";
import type { Callers } from "../access/callers.ts";
import type { People, Person } from "../access/people.ts";
import { createWorkspace, type MadeWorkspace, type WorkspaceRefusal } from "../access/workspace.ts";
import type { Store } from "../store/store.ts";
import { HttpProblem } from "./problem.ts";
import { route } from "./route.ts";

export interface SessionDeps {
  readonly people: People;
  readonly callers: Callers;
  readonly store: Pick<Store, "access">;
  readonly clock: () => number;
  /** Begins to fill a new workspace with made-up contacts and campaigns; they come in as they are made. */
  readonly fillDemo: (made: MadeWorkspace) => void;
  /** A session ended: whoever listens under it must be sent away. */
  readonly onSignedOut?: () => void;
}

export function registerSession(app: FastifyInstance, deps: SessionDeps): void {
  route(app, {
    method: "GET",
    url: "/api/v1/session",
    summary: "Who is signed in, and whether the server is set up",
    permission: "anyone",
    answers: { 200: sessionAnswer },
    handle: async ({ raw, reply }) => {
      reply.header("cache-control", "no-store");
      const person = await deps.callers.personOf(raw.headers);
      if (person !== null) return describe(deps, person);
      const known = await deps.store.access.workspaces({});
      if (known.length === 0) return emptyServer;
      throw new HttpProblem("unauthenticated");
    },
  });
  route(app, {
    method: "POST",
    url: "/api/v1/set-up",
    summary: "Make the first workspace with its administrator, and sign in",
    permission: "anyone",
    body: setUpRequest,
    answers: { 201: sessionAnswer },
    handle: async ({ body, raw, reply }) => {
      const admin = await setUp(deps, body);
      return signIn(deps, { email: admin.email, password: body.password }, { raw, reply });
    },
  });
  registerSignIn(app, deps);
  registerPassword(app, deps);
}

const emptyServer: SessionAnswer = {
  setUp: false,
  user: null,
  workspace: null,
  role: null,
  access: null,
};

/** Ten tries for a person or an address, and then one every six seconds. */
const guessing = { tries: 10, refillMs: 6 * secondMs };

function registerSignIn(app: FastifyInstance, deps: SessionDeps): void {
  const attempts = createAttempts({ clock: deps.clock, ...guessing });
  route(app, {
    method: "POST",
    url: "/api/auth/sign-in/email",
    summary: "Sign in with e-mail and password",
    permission: "anyone",
    body: signInRequest,
    answers: { 200: sessionAnswer },
    handle: async ({ body, raw, reply }) => {
      const names = [`person ${body.email}`, `from ${raw.ip}`];
      const wait = attempts.take(names);
      if (wait !== null) {
        throw new HttpProblem("too_many_requests", undefined, undefined, {
          "retry-after": String(wait),
        });
      }
      const answer = await signIn(deps, body, { raw, reply });
      attempts.forgive(names);
      return answer;
    },
  });
  route(app, {
    method: "POST",
    url: "/api/auth/sign-out",
    summary: "End the session",
    permission: "anyone",
    answers: { 204: "none" },
    handle: async ({ raw, reply }) => {
      const cookies = await deps.people.signOut(new Headers({ cookie: raw.headers.cookie ?? "" }));
      deps.callers.forget();
      deps.onSignedOut?.();
      reply.header("set-cookie", [...cookies]);
    },
  });
}

function registerPassword(app: FastifyInstance, deps: SessionDeps): void {
  const attempts = createAttempts({ clock: deps.clock, tries: 5, refillMs: minuteMs });
  route(app, {
    method: "POST",
    url: "/api/v1/session/password",
    summary: "Change one's own password; every session of the person ends, this one begins anew",
    permission: "signed-in",
    body: passwordChange,
    answers: { 200: sessionAnswer },
    keepsAnswer: false,
    handle: async ({ caller, body, raw, reply }) => {
      const person = await deps.callers.personOf(raw.headers);
      if (person === null) throw new HttpProblem("forbidden", "An API key has no password.");
      if (attempts.take([caller.user]) !== null) throw new HttpProblem("too_many_requests");
      const from = new Headers();
      const signedIn = await deps.people.signIn(person.email, body.was, from);
      if (signedIn === null) throw new HttpProblem("wrong_credentials", undefined, "was");
      const words = passwordProblem(body.set, person);
      if (words !== null) throw new HttpProblem("invalid", `The password ${words}.`, "set");
      await deps.people.setPassword(person.id, body.set);
      deps.callers.forget();
      deps.onSignedOut?.();
      return signIn(deps, { email: person.email, password: body.set }, { raw, reply });
    },
  });
}

async function setUp(deps: SessionDeps, body: SetUpRequest): Promise<Person> {
  const made = await createWorkspace(deps, { ...body, onlyFirst: true });
  if (!made.ok) throw asProblem(made.error);
  if (body.demo) deps.fillDemo(made.value);
  return made.value.admin;
}

function asProblem(refusal: WorkspaceRefusal): HttpProblem {
  switch (refusal.why) {
    case "set_up_already":
      return new HttpProblem("set_up_already");
    case "exists":
      return new HttpProblem("exists", "Somebody has this e-mail address already.", "email");
    case "password":
      return new HttpProblem("invalid", `The password ${refusal.words}.`, "password");
  }
}

interface Exchange {
  readonly raw: FastifyRequest;
  readonly reply: FastifyReply;
}

async function signIn(
  deps: SessionDeps,
  { email, password }: { readonly email: string; readonly password: string },
  { raw, reply }: Exchange,
): Promise<SessionAnswer> {
  const from = new Headers({ "user-agent": raw.headers["user-agent"] ?? "" });
  const signedIn = await deps.people.signIn(email, password, from);
  if (signedIn === null) throw new HttpProblem("wrong_credentials");
  const answer = await describe(deps, signedIn.person);
  reply.header("set-cookie", [...signedIn.cookies]).header("cache-control", "no-store");
  return answer;
}

/** A person who is in no workspace (any more) is nobody here. */
async function describe(deps: SessionDeps, person: Person): Promise<SessionAnswer> {
  const standing = await deps.callers.standingOf(person.id);
  if (standing === null) {
    throw new HttpProblem("unauthenticated", "You are not a member of a workspace any more.");
  }
  const { membership, workspace } = standing;
  const { id, name, access, createdAt } = workspace;
  return {
    setUp: true,
    user: { id: person.id, name: membership.name, email: membership.email },
    workspace: { id, name, access, createdAt: new Date(createdAt).toISOString() },
    role: membership.role,
    access,
  };
}
