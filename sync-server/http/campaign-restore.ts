/** Bringing a deleted campaign back, with its results: deletion takes it off the lists, and keeps it. */
import { restored } from "#domain/campaign/restore.ts";
import type { Instant } from "#domain/core/time.ts";
import { campaignAnswer, nothing, toCampaignAnswer } from "#protocol/rest/campaign.ts";
import { id } from "#protocol/value.ts";
import type { FastifyInstance } from "fastify";
import * as v from "valibot";
import type { Store } from "../store/store.ts";
import { HttpProblem } from "./problem.ts";
import { route } from "./route.ts";

export interface CampaignRestoreDeps {
  readonly store: Pick<Store, "sync">;
  readonly clock: () => Instant;
}

export function registerCampaignRestore(
  app: FastifyInstance,
  { store, clock }: CampaignRestoreDeps,
): void {
  route(app, {
    method: "POST",
    url: "/api/v1/campaigns/:id/restore",
    summary:
      "Bring a deleted campaign back, with its results; one that was planned has no date then",
    permission: "campaign.delete",
    params: v.strictObject({ id }),
    body: nothing,
    answers: { 200: campaignAnswer },
    handle: async ({ caller, params }) => {
      const { workspace, user, role } = caller;
      const [there] = await store.sync.read({ workspace, keys: [["campaign", params.id]] });
      if (there !== undefined) throw notDeleted();
      const deleted = await store.sync.deletedCampaign({ workspace, id: params.id });
      if (deleted === null) throw new HttpProblem("not_found");
      // Field marketers act on their own campaigns only.
      if (role === "field" && deleted.createdBy !== user) throw new HttpProblem("forbidden");
      const now = clock();
      const doc = restored(deleted, now);
      const done = await store.sync.commitWrites({
        workspace,
        expect: [{ key: ["campaign", doc.id], rev: null }],
        writes: [{ kind: "campaign", id: doc.id, doc }],
        activity: {
          campaignId: doc.id,
          event: "campaign.restore",
          by: user,
          at: now,
          detail: { id: doc.id, name: doc.name },
        },
        now,
      });
      if (done === "conflict") throw notDeleted();
      return toCampaignAnswer(doc);
    },
  });
}

function notDeleted(): HttpProblem {
  return new HttpProblem("exists", "The campaign is not deleted.");
}
