/** What people remarked on moments of a campaign: read, written, changed and removed by scripts, too. */
import type { Campaign } from "#domain/campaign/campaign.ts";
import type { Id } from "#domain/core/id.ts";
import type { Annotation, Remark } from "#domain/report/annotation.ts";
import { permissionOf, type Act } from "#domain/sync/command.ts";
import {
  remarkAnswer,
  remarkCreate,
  remarkPatch,
  remarksAnswer,
  toRemarkAnswer,
  type RemarkAnswer,
} from "#protocol/rest/remark.ts";
import { id as idSchema } from "#protocol/value.ts";
import type { FastifyInstance } from "fastify";
import * as v from "valibot";
import { HttpProblem } from "./problem.ts";
import { route, type Caller } from "./route.ts";

export interface RemarkDeps {
  readonly newId: () => Id;
  readonly find: (caller: Caller, id: Id) => Promise<Campaign>;
  readonly perform: (caller: Caller, act: Act) => Promise<void>;
}

const base = "/api/v1/campaigns/:id/remarks";
const one = v.strictObject({ id: idSchema });
const ofOne = v.strictObject({ id: idSchema, remark: idSchema });
const permission = permissionOf["campaign.annotate"];

export function registerRemarks(app: FastifyInstance, deps: RemarkDeps): void {
  route(app, {
    method: "GET",
    url: base,
    summary: "What people remarked on moments of a campaign, in the order of these",
    permission,
    params: one,
    answers: { 200: remarksAnswer },
    handle: async ({ caller, params: { id } }) => {
      const { annotations = [] } = await deps.find(caller, id);
      return { items: annotations.map(toRemarkAnswer) };
    },
  });
  route(app, {
    method: "POST",
    url: base,
    summary: "Remark on a moment: what happened then that the counters do not know",
    permission,
    params: one,
    body: remarkCreate,
    answers: { 201: remarkAnswer },
    handle: async ({ caller, params: { id }, body: { at, text } }) => {
      await deps.find(caller, id);
      const note = deps.newId();
      return write(deps, caller, { id, note, was: null, set: { at: Date.parse(at), text } });
    },
  });
  registerOne(app, deps);
}

/** Changing and removing one: for who wrote it, and who may edit campaigns. */
function registerOne(app: FastifyInstance, deps: RemarkDeps): void {
  route(app, {
    method: "PATCH",
    url: `${base}/:remark`,
    summary: "Change a remark; its author stays",
    permission,
    params: ofOne,
    body: remarkPatch,
    answers: { 200: remarkAnswer },
    handle: async ({ caller, params: { id, remark: note }, body }) => {
      const was = toRemark(await findRemark(deps, caller, { id, note }));
      const at = body.at === undefined ? was.at : Date.parse(body.at);
      return write(deps, caller, { id, note, was, set: { at, text: body.text ?? was.text } });
    },
  });
  route(app, {
    method: "DELETE",
    url: `${base}/:remark`,
    summary: "Remove a remark",
    permission,
    params: ofOne,
    answers: { 204: "none" },
    handle: async ({ caller, params: { id, remark: note } }) => {
      const was = toRemark(await findRemark(deps, caller, { id, note }));
      await deps.perform(caller, { name: "campaign.annotate", args: { id, note, was, set: null } });
    },
  });
}

interface Place {
  readonly id: Id;
  readonly note: Id;
}

async function write(
  deps: RemarkDeps,
  caller: Caller,
  args: Place & { readonly was: Remark | null; readonly set: Remark },
): Promise<RemarkAnswer> {
  await deps.perform(caller, { name: "campaign.annotate", args });
  return toRemarkAnswer(await findRemark(deps, caller, args));
}

async function findRemark(
  { find }: RemarkDeps,
  caller: Caller,
  { id, note }: Place,
): Promise<Annotation> {
  const { annotations = [] } = await find(caller, id);
  const found = annotations.find((each) => each.id === note);
  if (found === undefined) throw new HttpProblem("not_found");
  return found;
}

function toRemark({ at, text }: Annotation): Remark {
  return { at, text };
}
