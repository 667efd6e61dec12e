/** `GET /api/v1/campaigns/:id/editions`: every text that a campaign has had since its launch. */
import { editionsAnswer } from "#protocol/rest/edition.ts";
import { id as idSchema } from "#protocol/value.ts";
import type { FastifyInstance } from "fastify";
import * as v from "valibot";
import type { Store } from "../store/store.ts";
import { HttpProblem } from "./problem.ts";
import { route } from "./route.ts";

export interface EditionDeps {
  readonly store: Pick<Store, "reports">;
}

export function registerEditions(app: FastifyInstance, { store }: EditionDeps): void {
  route(app, {
    method: "GET",
    url: "/api/v1/campaigns/:id/editions",
    summary:
      "What a campaign said since its launch: one text, and one more for each edit while paused",
    permission: "campaign.read",
    params: v.strictObject({ id: idSchema }),
    answers: { 200: editionsAnswer },
    handle: async ({ caller: { workspace }, params: { id: campaignId } }) => {
      const campaign = await store.reports.campaign({ workspace, campaignId });
      if (campaign === null) throw new HttpProblem("not_found");
      const wordings = await store.reports.wordings({ workspace, campaignId });
      const items = wordings.map(({ edition, content, since }) => ({
        n: edition,
        since: new Date(since).toISOString(),
        handed: campaign.editions?.find(({ n }) => n === edition)?.handed ?? null,
        content,
      }));
      return { items };
    },
  });
}
