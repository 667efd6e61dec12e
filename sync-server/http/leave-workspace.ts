/** Leaving the workspace by oneself. */
import type { Id } from "#domain/core/id.ts";
import { minuteMs } from "#domain/core/time.ts";
import { leaveRequest } from "#protocol/rest/access.ts";
import type { FastifyInstance } from "fastify";
import { createAttempts } from "../access/attempts.ts";
import type { Callers } from "../access/callers.ts";
import type { People } from "../access/people.ts";
import type { Store } from "../store/store.ts";
import { checkMember } from "./members.ts";
import { HttpProblem } from "./problem.ts";
import { route } from "./route.ts";

export interface LeaveWorkspaceDeps {
  readonly people: People;
  readonly callers: Callers;
  readonly store: Pick<Store, "access">;
  readonly clock: () => number;
  /** Ends what the person still has open. */
  readonly onRemoved: (workspace: Id, user: Id) => void;
}

export function registerLeaveWorkspace(app: FastifyInstance, deps: LeaveWorkspaceDeps): void {
  const { people, callers, store, clock } = deps;
  const attempts = createAttempts({ clock, tries: 5, refillMs: minuteMs });
  route(app, {
    method: "POST",
    url: "/api/v1/session/leave",
    summary: "Leave the workspace: one's sessions and devices end, what one made stays",
    permission: "signed-in",
    body: leaveRequest,
    answers: { 204: "none" },
    keepsAnswer: false,
    handle: async ({ caller: { workspace, user }, body, raw }) => {
      const person = await callers.personOf(raw.headers);
      if (person === null) throw new HttpProblem("forbidden", "An API key is revoked instead.");
      if (attempts.take([user]) !== null) throw new HttpProblem("too_many_requests");
      const proof = await people.signIn(person.email, body.password, new Headers());
      if (proof === null) throw new HttpProblem("wrong_credentials", undefined, "password");
      // It only showed that the password is right.
      await people.signOut(asHeaders(proof.cookies));
      checkMember(await store.access.removeMember({ workspace, user, by: user, now: clock() }));
      await people.remove(user);
      callers.forget();
      deps.onRemoved(workspace, user);
    },
  });
}

function asHeaders(cookies: readonly string[]): Headers {
  const pairs = cookies.map((each) => each.split(";", 1)[0] ?? "");
  return new Headers({ cookie: pairs.join("; ") });
}
