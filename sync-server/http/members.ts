/** The workspace's settings and its people. */
import { passwordProblem } from "#domain/access/password.ts";
import type { Id } from "#domain/core/id.ts";
import {
  memberAnswer,
  memberCreate,
  memberPage,
  memberPatch,
  sessionWorkspace,
  workspacePatch,
  type MemberAnswer,
} from "#protocol/rest/access.ts";
import { listQuery } from "#protocol/rest/page.ts";
import { id } from "#protocol/value.ts";
import type { FastifyInstance } from "fastify";
import * as v from "valibot";
import type { Callers } from "../access/callers.ts";
import type { People } from "../access/people.ts";
import { personFor } from "../access/workspace.ts";
import type { MemberOutcome, Membership } from "../store/access-store.ts";
import type { Store } from "../store/store.ts";
import { pageOf } from "./paging.ts";
import { HttpProblem } from "./problem.ts";
import { route } from "./route.ts";

export interface MemberDeps {
  readonly people: People;
  readonly callers: Pick<Callers, "forget">;
  readonly store: Pick<Store, "access">;
  readonly clock: () => number;
  /** Ends what the person still has open. */
  readonly onRemoved: (workspace: Id, user: Id) => void;
}

const byId = v.strictObject({ id });
const url = "/api/v1/members";

export function registerMembers(app: FastifyInstance, deps: MemberDeps): void {
  const { store, clock } = deps;
  route(app, {
    method: "PATCH",
    url: "/api/v1/workspace",
    summary: "Change the workspace's name or what its field marketers may do",
    permission: "member.edit",
    body: workspacePatch,
    answers: { 200: sessionWorkspace },
    handle: async ({ caller, body }) => {
      const { workspace, user: by } = caller;
      const wish = { name: body.name ?? null, access: body.access ?? null };
      const now = clock();
      const changed = await store.access.changeWorkspace({ workspace, ...wish, by, now });
      if (changed === null) throw new HttpProblem("not_found");
      const createdAt = new Date(changed.createdAt).toISOString();
      return { id: changed.id, name: changed.name, access: changed.access, createdAt };
    },
  });
  route(app, {
    method: "GET",
    url,
    summary: "The people of the workspace, by name",
    permission: "member.read",
    query: listQuery,
    answers: { 200: memberPage },
    handle: async ({ caller: { workspace }, query }) => {
      const members = await store.access.members({ workspace });
      const { items, next } = pageOf(members, query, (each) => [each.name, each.user]);
      return { items: items.map(toAnswer), next };
    },
  });
  registerChanges(app, deps);
}

function registerChanges(app: FastifyInstance, deps: MemberDeps): void {
  const { people, callers, store, clock } = deps;
  route(app, {
    method: "POST",
    url,
    summary: "Add a person, with a first password that they change",
    permission: "member.edit",
    body: memberCreate,
    answers: { 201: memberAnswer },
    handle: async ({ caller: { workspace, user: by }, body }) => {
      const words = passwordProblem(body.password, body);
      if (words !== null) throw new HttpProblem("invalid", `The password ${words}.`, "password");
      const person = await personFor(deps, body);
      const membership = { workspace, user: person?.id ?? "", role: body.role, ...nameOf(body) };
      const isNew =
        person !== null && (await store.access.addMember({ membership, by, now: clock() }));
      if (!isNew) {
        throw new HttpProblem("exists", "Somebody has this e-mail address already.", "email");
      }
      return toAnswer(membership);
    },
  });
  route(app, {
    method: "PATCH",
    url: `${url}/:id`,
    summary: "Give a person another role",
    permission: "member.edit",
    params: byId,
    body: memberPatch,
    answers: { 200: memberAnswer },
    handle: async ({ caller: { workspace, user: by }, params, body }) => {
      const { id: user } = params;
      checkMember(
        await store.access.setRole({ workspace, user, role: body.role, by, now: clock() }),
      );
      const members = await store.access.members({ workspace });
      const member = members.find((each) => each.user === user);
      if (member === undefined) throw new HttpProblem("not_found");
      return toAnswer(member);
    },
  });
  route(app, {
    method: "DELETE",
    url: `${url}/:id`,
    summary: "Remove a person: their sessions end, what they made stays",
    permission: "member.edit",
    params: byId,
    answers: { 204: "none" },
    handle: async ({ caller: { workspace, user: by }, params }) => {
      const { id: user } = params;
      checkMember(await store.access.removeMember({ workspace, user, by, now: clock() }));
      await people.remove(user);
      callers.forget();
      deps.onRemoved(workspace, user);
    },
  });
}

function nameOf({ name, email }: { readonly name: string; readonly email: string }) {
  return { name, email };
}

/** Throws the refusal that a member may not be changed or go. */
export function checkMember(outcome: MemberOutcome): void {
  if (outcome === "unknown") throw new HttpProblem("not_found");
  if (outcome === "last_admin") throw new HttpProblem("last_admin");
}

function toAnswer({ user, name, email, role }: Membership): MemberAnswer {
  return { id: user, name, email, role };
}
