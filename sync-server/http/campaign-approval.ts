/** What a second person says to a launch that somebody asked for. */
import type { Id } from "#domain/core/id.ts";
import { permissionOf, type Review } from "#domain/sync/command.ts";
import {
  campaignAnswer,
  campaignApprove,
  campaignReject,
  type CampaignAnswer,
} from "#protocol/rest/campaign.ts";
import { id as idSchema } from "#protocol/value.ts";
import type { FastifyInstance } from "fastify";
import * as v from "valibot";
import { route, type Caller } from "./route.ts";

export interface ApprovalDeps {
  readonly approve: (
    caller: Caller,
    id: Id,
    seen: Pick<Review, "contentHash">,
  ) => Promise<CampaignAnswer>;
  readonly reject: (caller: Caller, id: Id, reason: string) => Promise<CampaignAnswer>;
}

const base = "/api/v1/campaigns/:id";
const one = v.strictObject({ id: idSchema });

export function registerApproval(app: FastifyInstance, deps: ApprovalDeps): void {
  route(app, {
    method: "POST",
    url: `${base}/approve`,
    summary: "Agree to what somebody asked to send: it is sent or scheduled",
    permission: permissionOf["campaign.approve"],
    params: one,
    body: campaignApprove,
    answers: { 200: campaignAnswer },
    handle: ({ caller, params: { id }, body }) => deps.approve(caller, id, body),
  });
  route(app, {
    method: "POST",
    url: `${base}/reject`,
    summary: "Say no to what somebody asked to send, with the reason",
    permission: permissionOf["campaign.reject"],
    params: one,
    body: campaignReject,
    answers: { 200: campaignAnswer },
    handle: ({ caller, params: { id }, body }) => deps.reject(caller, id, body.reason),
  });
}
